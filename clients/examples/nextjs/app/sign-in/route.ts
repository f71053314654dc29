// Stands in for your own sign-in.
import { redirect, sessionOf } from "../../lib/users.ts";

export async function POST(request: Request): Promise<Response> {
  const user = (await request.formData()).get("user");
  const response = redirect("/", 303);
  // A request without cookies begins a new session, which knows nothing of an earlier user's.
  const session = await sessionOf(new Request(request.url), response);
  if (typeof user === "string") session.user = user;
  await session.save();
  return response;
}
