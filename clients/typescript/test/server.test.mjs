// The client with the real server and the simulated Dropbox: a test for each thing that a tenant does.
import assert from "node:assert/strict";
import test from "node:test";
import { AccountRevoked, Bowline, InvalidField, NeedsReauth, NotFound, Unauthenticated } from "bowline-client";
import { InvalidMessage, verify } from "bowline-client/webhooks";
import { disconnect, Person } from "./world.mjs";

const { BOWLINE_URL: url, BOWLINE_API_KEY: apiKey, RETURN_URL, MESSAGE } = process.env;
// `cargo verify` starts a server.
const skip = url === undefined;
const bowline = skip ? undefined : new Bowline({ url, apiKey });

test("from the button to a token and to the next link", { skip }, async () => {
  // A name that has to be encoded in a path.
  const [user, session, person] = [`ada/β %2F ${crypto.randomUUID()}`, {}, new Person("amara@example.com")];
  await assert.rejects(bowline.token(user), (error) => error instanceof NotFound && error.requestId !== "");
  const begun = await bowline.begin(user, RETURN_URL, session);
  const outcome = await bowline.finish(user, await person.approves(begun.url), session);
  assert.ok(outcome.linked, outcome.reason);
  const { id, provider_account_id } = outcome.account;
  assert.equal((await bowline.token(user, { min_ttl: 600 })).account_id, id);
  assert.deepEqual((await bowline.token(null, { account: id, scopes: ["account_info.read"] })).scopes, ["account_info.read"]);
  const wider = bowline.token(null, { account: id, scopes: ["files.content.write"] });
  await assert.rejects(wider, (error) => error instanceof InvalidField && error.field === "scopes");

  // The user ends the link at Dropbox, and the refusal brings the next one.
  await disconnect(provider_account_id);
  const params = { path: { id } };
  assert.equal((await bowline.calls.POST("/v1/accounts/{id}/check", { params })).data.status, "needs_reauth");
  const ended = await bowline.token(user, { relink: { returnUrl: RETURN_URL, session } }).catch((error) => error);
  assert.ok(ended instanceof NeedsReauth && ended.accountId === id);
  const again = await bowline.finish(user, await person.approves(ended.linkSession.url), session);
  assert.equal(again.account.id, id);

  const page = await bowline.calls.GET("/v1/accounts", { params: { query: { external_user_id: user } } });
  assert.deepEqual(page.data.items.map((account) => account.id), [id]);
  await bowline.calls.DELETE("/v1/accounts/{id}", { params });
  await assert.rejects(bowline.token(user), AccountRevoked);
});

test("who declines links nothing", { skip }, async () => {
  const session = {};
  const begun = await bowline.begin("declines-js", RETURN_URL, session, { locale: "de", metadata: { plan: "team" } });
  const outcome = await bowline.finish("declines-js", await new Person("jonas@example.com").declines(begun.url), session);
  assert.deepEqual(outcome, { linked: false, reason: "access_denied" });
  assert.deepEqual(await bowline.finish("declines-js", { link_session: begun.id }, session), outcome);
});

test("a forwarded link is not completed", { skip }, async () => {
  const [attacker, victim] = [{}, {}];
  const begun = await bowline.begin("mallory-js", RETURN_URL, attacker);
  const query = await new Person("mei@example.org").approves(begun.url);
  const foreign = { linked: false, reason: "not_started_here" };
  assert.deepEqual(await bowline.finish("victim", query, victim), foreign);
  assert.deepEqual(await bowline.finish("victim", query, attacker), foreign);
  query.set("link_code", "bwl_lc_nonsense");
  assert.equal((await bowline.finish("mallory-js", query, attacker)).reason, "completion_refused");
  await assert.rejects(bowline.token("mallory-js"), NotFound);
});

test("another account than the one to be renewed has a page", { skip }, async () => {
  const session = {};
  const first = await bowline.begin("zoe-js", RETURN_URL, session);
  const linked = await bowline.finish("zoe-js", await new Person("zoe@example.net").approves(first.url), session);
  const begun = await bowline.begin("zoe-js", RETURN_URL, session, { account_id: linked.account.id, force_reauthentication: false });
  const outcome = await bowline.finish("zoe-js", await new Person("jonas@example.com").approves(begun.url), session);
  assert.equal(outcome.reason, "account_mismatch");
  assert.ok(outcome.page.startsWith(url));
});

test("a message of the server is verified", { skip }, () => {
  const { secret, body, headers } = JSON.parse(MESSAGE);
  assert.equal(verify(secret, body, headers).type, "endpoint.test");
  assert.throws(() => verify(secret, `${body} `, headers), InvalidMessage);
});

test("a wrong key is refused", { skip }, async () => {
  await assert.rejects(new Bowline({ url, apiKey: "bwl_sk_nonsense" }).token("ada"), Unauthenticated);
});
