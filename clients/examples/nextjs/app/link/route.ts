// Begins a link, and sends the browser there.
import { bowline, variable } from "../../lib/bowline.ts";
import { redirect, sessionOf } from "../../lib/users.ts";

export async function GET(request: Request): Promise<Response> {
  const response = redirect("/");
  const session = await sessionOf(request, response);
  if (session.user === undefined) return response;
  const begun = await bowline().begin(session.user, variable("RETURN_URL"), session);
  response.headers.set("location", begun.url);
  await session.save();
  return response;
}
