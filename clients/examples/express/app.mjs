// Lists what lies in its users' Dropbox accounts, which they link through Bowline.
import { AccountRevoked, Bowline, NeedsReauth, NotFound } from "bowline-client";
import { verify } from "bowline-client/webhooks";
import express from "express";
import { app, files, page } from "./users.mjs";

const { BOWLINE_URL: url, BOWLINE_API_KEY: apiKey, RETURN_URL, WEBHOOK_SECRET, PORT = "5000" } = process.env;
const bowline = new Bowline({ url, apiKey });

app.get("/", async ({ session }, response) => {
  try {
    const token = await bowline.token(session.user ?? "nobody");
    response.send(page(session, "", await files(token.access_token)));
  } catch (why) {
    if (![NotFound, NeedsReauth, AccountRevoked].some((kind) => why instanceof kind)) throw why;
    response.send(page(session, why.code));
  }
});

app.get("/link", async ({ session }, response) => {
  response.redirect((await bowline.begin(session.user, RETURN_URL, session)).url);
});

app.get("/linked", async ({ session, query }, response) => {
  const outcome = await bowline.finish(session.user ?? "", query, session);
  if (outcome.linked || outcome.page) response.redirect(outcome.page ?? "/");
  else response.send(page(session, outcome.reason));
});

app.post("/hooks", express.raw({ type: "*/*" }), ({ body, headers }, response) => {
  const event = verify(WEBHOOK_SECRET, body, headers);
  console.log(`${event.type}: ${event.data.external_user_id}`);
  response.sendStatus(204);
});

app.use((error, _request, response, _next) => response.status(error.name === "InvalidMessage" ? 400 : 500).send(error.name));
app.listen(Number(PORT), "localhost");
