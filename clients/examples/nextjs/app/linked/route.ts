// The browser comes back here.
import { bowline } from "../../lib/bowline.ts";
import { page, redirect, sessionOf } from "../../lib/users.ts";

export async function GET(request: Request): Promise<Response> {
  const session = await sessionOf(request);
  const outcome = await bowline().finish(session.user ?? "", new URL(request.url).searchParams, session);
  if (outcome.linked) return redirect("/");
  return outcome.page ? redirect(outcome.page) : page(session.user, outcome.reason);
}
