// Hears of what happens to links.
import { InvalidMessage, verify } from "bowline-client/webhooks";
import { variable } from "../../lib/bowline.ts";

export async function POST(request: Request): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer());
  try {
    const event = verify(variable("WEBHOOK_SECRET"), body, request.headers);
    console.log(`${event.type}: ${event.data.external_user_id}`);
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof InvalidMessage)) throw error;
    return new Response(null, { status: 400 });
  }
}
