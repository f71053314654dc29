// The app before it knew Bowline: it has users who sign in. This stands in for your own.
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
