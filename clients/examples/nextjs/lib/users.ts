// The app before it knew Bowline: it has users who sign in, and a page. This stands in for your own.
import { getIronSession } from "iron-session";
import { variable } from "./bowline.ts";

// The session of a user, which lies sealed in a cookie. `save` puts it into the response.
export function sessionOf(request: Request, response = new Response()) {
  return getIronSession<{ user?: string }>(request, response, {
    cookieName: "session",
    password: variable("SESSION_PASSWORD"),
    // With strict, the browser would come back from Dropbox without its session.
    cookieOptions: { sameSite: "lax", httpOnly: true, secure: variable("RETURN_URL").startsWith("https:") },
  });
}

export function redirect(location: string, status = 302): Response {
  return new Response(null, { status, headers: { location } });
}

// The names of what lies at the top of a Dropbox.
export async function files(accessToken: string): Promise<string[]> {
  const host = process.env.DROPBOX_API_HOST ?? "api.dropboxapi.com";
  const headers = { authorization: `Bearer ${accessToken}`, "content-type": "application/json" };
  const answer = await fetch(`https://${host}/2/files/list_folder`, { method: "POST", headers, body: '{"path":""}' });
  if (!answer.ok) throw new Error(`Dropbox answers ${answer.status}`);
  const { entries } = (await answer.json()) as { entries: { name: string }[] };
  return entries.map((entry) => entry.name);
}

const WORDS: Record<string, string> = {
  "": "",
  not_found: "You have not linked a Dropbox yet.",
  needs_reauth: "Your Dropbox is not connected any more. Please link it again.",
  account_revoked: "Your Dropbox is not connected any more. Please link it again.",
  access_denied: "You declined, and that is fine. Nothing was linked.",
  not_started_here: "This link was not started here, so nothing was linked.",
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

// The one page of the app, with a message for a code of Bowline's. Yours are components of React.
export function page(user: string | undefined, code = "", names: string[] = []): Response {
  const top =
    user === undefined
      ? `<form method="post" action="/sign-in"><label>Name <input id="user" name="user" value="ada" required></label>
<button id="sign-in">Sign in</button></form>`
      : `<p>${escaped(user)} <a id="link-dropbox" href="/link">Link your Dropbox</a></p>`;
  const words = WORDS[code] ?? "Your Dropbox was not linked. Please try again.";
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Prints</title>
${top}
<p id="message">${words}</p>
<ul id="files">${names.map((name) => `<li>${escaped(name)}</li>`).join("")}</ul>
</html>`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}
