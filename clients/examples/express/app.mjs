// Lists what lies in its users' Dropbox accounts, which they link through Bowline.
import { AccountRevoked, AmbiguousAccount, Bowline, NeedsReauth, NotFound } from "bowline-client";
import { verify } from "bowline-client/webhooks";
import express from "express";
import { home, returned } from "./pages.mjs";
import { app, files } from "./users.mjs";

const { BOWLINE_URL: url, BOWLINE_API_KEY: apiKey, RETURN_URL, WEBHOOK_SECRET, PORT = "5000" } = process.env;
const bowline = new Bowline({ url, apiKey });

// Who has linked several accounts sees the newest.
async function tokenOf(user) {
  try {
    return await bowline.token(user);
  } catch (why) {
    if (!(why instanceof AmbiguousAccount)) throw why;
    return bowline.token(null, { account: why.accountIds[0] });
  }
}

app.get("/", async ({ session }, response) => {
  if (session.user === undefined) return response.send(home(session, ""));
  try {
    const token = await tokenOf(session.user);
    response.send(home(session, "", await files(token.access_token)));
  } catch (why) {
    if (![NotFound, NeedsReauth, AccountRevoked].some((kind) => why instanceof kind)) throw why;
    response.send(home(session, why.code));
  }
});

app.post("/link", async ({ session }, response) => {
  // Forms of other sites come without the session's cookie.
  if (session.user === undefined) response.redirect(303, "/");
  else response.redirect(303, (await bowline.begin(session.user, RETURN_URL, session)).url);
});

app.get("/linked", async ({ session, query }, response) => {
  const outcome = await bowline.finish(session.user ?? "", query, session);
  if (outcome.page) response.redirect(outcome.page);
  else response.send(returned(outcome));
});

app.post("/hooks", express.raw({ type: "*/*" }), ({ body, headers }, response) => {
  const event = verify(WEBHOOK_SECRET, body, headers);
  console.log(`${event.type}: ${event.data.external_user_id}`);
  response.sendStatus(204);
});

app.use((error, _request, response, _next) => {
  if (error.name === "InvalidMessage") return response.sendStatus(400);
  console.error(error);
  response.sendStatus(500);
});
app.listen(Number(PORT), "localhost", () => console.log(`http://localhost:${PORT}/`));
