// What an app does with the client, for every JavaScript runtime: nothing here belongs to one of them. Prints the runtime's name
// at the end.
import { Bowline, NeedsReauth, NotFound } from "bowline-client";
import { InvalidMessage, verify } from "bowline-client/webhooks";
import { check, disconnect, Person } from "./world.mjs";

const { BOWLINE_URL: url, BOWLINE_API_KEY: apiKey, RETURN_URL, MESSAGE } = process.env;

function runtime() {
  if (globalThis.Deno) return `Deno ${globalThis.Deno.version.deno}`;
  if (globalThis.Bun) return `Bun ${globalThis.Bun.version}`;
  return globalThis.EdgeRuntime ? "an edge runtime" : `Node ${process.versions.node}`;
}

// The error that a call is refused with.
async function refusal(call) {
  const told = await call.then(() => undefined, (error) => error);
  check(told, "the call is not refused");
  return told;
}

// A link, a token, and the end of both.
async function links() {
  const bowline = new Bowline({ url, apiKey });
  const [user, session] = [`ada ${crypto.randomUUID()}`, {}];
  const before = await refusal(bowline.token(user));
  check(before instanceof NotFound && before.requestId !== "", String(before));

  const begun = await bowline.begin(user, RETURN_URL, session);
  const query = await new Person("amara@example.com").approves(begun.url);
  const forwarded = await bowline.finish(user, query, {});
  check(!forwarded.linked && forwarded.reason === "not_started_here", forwarded.reason);
  const outcome = await bowline.finish(user, query, session);
  check(outcome.linked, outcome.reason);
  const token = await bowline.token(user, { min_ttl: 600 });
  check(token.account_id === outcome.account.id && token.access_token !== "", token.account_id);

  await disconnect(outcome.account.provider_account_id);
  const params = { path: { id: token.account_id } };
  const checked = await bowline.calls.POST("/v1/accounts/{id}/check", { params });
  check(checked.data.status === "needs_reauth", checked.data.status);
  const ended = await refusal(bowline.token(user, { relink: { returnUrl: RETURN_URL, session } }));
  check(ended instanceof NeedsReauth && ended.linkSession.url.startsWith(url), String(ended));
}

// A message that the server has sent, and the same with another body.
async function verifies() {
  const { secret, body, headers } = JSON.parse(MESSAGE);
  for (const [text, said] of [[body, headers], [new TextEncoder().encode(body), new Headers(headers)]]) {
    const event = verify(secret, text, said);
    check(event.type === "endpoint.test" && event.timestamp instanceof Date, event.type);
  }
  const altered = await refusal((async () => verify(secret, `${body} `, headers))());
  check(altered instanceof InvalidMessage, String(altered));
}

// The program that starts an edge runtime waits for it.
globalThis.story = (async () => {
  await links();
  await verifies();
  console.log(`It is told by ${runtime()}.`);
})();
