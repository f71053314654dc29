// The app before it knew Bowline: it has users who sign in, and a page. This stands in for your own.
import { randomBytes } from "node:crypto";
import express from "express";
import session from "express-session";

export const app = express();
app.use(
  session({
    secret: process.env.SECRET_KEY ?? randomBytes(32).toString("hex"),
    resave: false,
    saveUninitialized: false,
    // With strict, the browser would come back from Dropbox without its session.
    cookie: { sameSite: "lax", httpOnly: true, secure: process.env.RETURN_URL?.startsWith("https:") ?? false },
  }),
);

// Begins a new session, which knows nothing of an earlier user's.
app.post("/sign-in", express.urlencoded(), (request, response, next) => {
  request.session.regenerate((error) => {
    if (error) return next(error);
    request.session.user = request.body.user;
    response.redirect("/");
  });
});

// The names of what lies at the top of a Dropbox.
export async function files(accessToken) {
  const host = process.env.DROPBOX_API_HOST ?? "api.dropboxapi.com";
  const headers = { authorization: `Bearer ${accessToken}`, "content-type": "application/json" };
  const answer = await fetch(`https://${host}/2/files/list_folder`, { method: "POST", headers, body: '{"path":""}' });
  if (!answer.ok) throw new Error(`Dropbox answers ${answer.status}`);
  return (await answer.json()).entries.map((entry) => entry.name);
}

const WORDS = {
  "": "",
  not_found: "You have not linked a Dropbox yet.",
  needs_reauth: "Your Dropbox is not connected any more. Please link it again.",
  account_revoked: "Your Dropbox is not connected any more. Please link it again.",
  access_denied: "You declined, and that is fine. Nothing was linked.",
  not_started_here: "This link was not started here, so nothing was linked.",
};

const escaped = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

// The one page of the app.
export function page({ user }, message, names = []) {
  const top =
    user === undefined
      ? `<form method="post" action="/sign-in"><label>Name <input id="user" name="user" value="ada" required></label>
<button id="sign-in">Sign in</button></form>`
      : `<p>${escaped(user)} <a id="link-dropbox" href="/link">Link your Dropbox</a></p>`;
  const words = WORDS[message] ?? "Your Dropbox was not linked. Please try again.";
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Prints</title>
${top}
<p id="message">${words}</p>
<ul id="files">${names.map((name) => `<li>${escaped(name)}</li>`).join("")}</ul>
</html>`;
}
