// Only the session that began a link for a user completes it for that user.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { inspect } from "node:util";
import * as client from "bowline-client";
import { verify, InvalidMessage } from "bowline-client/webhooks";
import { Webhook } from "standardwebhooks";
import { json, problem, script } from "./script.mjs";

const RETURN_URL = "https://photos.example/linked";
const QUERY = { link_session: "ls_001", link_code: "bwl_lc_x" };
const account = () => json(200, { id: "acct_1", external_user_id: "ada", status: "active" });
const made = (id) => json(201, { id, url: `https://link.example.com/link/${id}`, expires_at: "2026-11-30T12:00:00Z" });

async function begun(session, user = "ada", id = "ls_001") {
  return script(made(id)).client().begin(user, RETURN_URL, session);
}

// The outcome, for which nothing may be asked.
async function refused(session, user, query) {
  const { calls, client } = script();
  const outcome = await client().finish(user, query, session);
  assert.ok(!outcome.linked && calls.length === 0);
  return outcome.reason;
}

test("a link is completed with the verifier of its session, twice as well", async () => {
  const session = {};
  await begun(session);
  const { calls, client } = script(account(), account());
  for (const query of [QUERY, new URLSearchParams(QUERY)]) {
    assert.equal((await client().finish("ada", query, session)).account.id, "acct_1");
  }
  assert.equal(calls[0].url.pathname, "/v1/link-sessions/ls_001/complete");
  assert.equal(JSON.parse(calls[0].body).completion_verifier, session.bowlineLinks.ls_001[1]);
});

test("a link of another session or user is not completed", async () => {
  const session = {};
  await begun(session);
  assert.equal(await refused({}, "ada", QUERY), "not_started_here");
  assert.equal(await refused(session, "mallory", QUERY), "not_started_here");
  for (const link_session of ["ls_002", "__proto__", "constructor"]) {
    assert.equal(await refused(session, "ada", { ...QUERY, link_session }), "not_started_here");
  }
  assert.equal(await refused(session, "ada", {}), "not_started_here");
  assert.equal(await refused(session, "ada", { link_session: ["ls_001"] }), "not_started_here");
  assert.equal(await refused(session, "ada", { link_session: "ls_002", error: "access_denied" }), "not_started_here");
  assert.equal(await refused(session, "ada", { link_session: "ls_001", error: "access_denied" }), "access_denied");
  assert.equal(await refused(session, "ada", { link_session: "ls_001", error: "<script>" }), "unknown");
});

test("tabs do not disturb each other and the cookie stays small", async () => {
  const session = {};
  for (let number = 1; number < 12; number++) await begun(session, "ada", `ls_${String(number).padStart(3, "0")}`);
  assert.deepEqual(Object.keys(session.bowlineLinks), [4, 5, 6, 7, 8, 9, 10, 11].map((n) => `ls_${String(n).padStart(3, "0")}`));
  assert.equal(new Set(Object.values(session.bowlineLinks).map(([, verifier]) => verifier)).size, 8);
});

test("an end has a page and trouble is no end", async () => {
  const session = {};
  await begun(session);
  const page = "https://link.example.com/link/t/outcome/ls_001";
  const outcome = await script(problem(409, "account_mismatch", { outcome_url: page })).client().finish("ada", QUERY, session);
  assert.deepEqual([outcome.reason, outcome.page], ["account_mismatch", page]);
  const trouble = script(problem(503, "provider_unavailable", { after: "60" }));
  await assert.rejects(trouble.client().finish("ada", QUERY, session), client.ProviderUnavailable);
});

test("without an outcome Bowline is asked, and the page with the links leads back like a link", async () => {
  const session = {};
  await begun(session);
  const done = script(json(200, { status: "completed", account_id: "acct_1", external_user_id: "ada" }), account());
  assert.equal((await done.client().finish("ada", { link_session: "ls_001" }, session)).account.id, "acct_1");
  const open = script(json(200, { status: "authorizing", external_user_id: "ada" }));
  assert.equal((await open.client().finish("ada", { link_session: "ls_001" }, session)).reason, "authorizing");
  assert.equal((await script(made("ms_001")).client().manage("ada", RETURN_URL, session)).id, "ms_001");
  assert.equal(await refused(session, "ada", { manage_session: "ms_001" }), "back");
  // Who knows the id of another user's link learns nothing of it by the visit of their own page.
  const foreign = script(json(200, { status: "completed", account_id: "acct_2", external_user_id: "bob" }));
  const named = { manage_session: "ms_001", link_session: "ls_002" };
  assert.equal((await foreign.client().finish("ada", named, session)).reason, "not_started_here");
  const query = { ...QUERY, manage_session: "ms_001", link_session: "ls_009" };
  assert.ok((await script(account()).client().finish("ada", query, session)).linked);
  assert.equal(await refused(session, "ada", { ...query, link_session: "../tokens" }), "not_started_here");
});

test("a refused token brings a link", async () => {
  const session = {};
  const link_session = { id: "ls_001", url: "https://link.example.com/link/x", expires_at: "" };
  const answer = problem(409, "needs_reauth", { account_id: "acct_1", external_user_id: "ada", link_session });
  const asked = script(answer).client().token(null, { account: "acct_1", relink: { returnUrl: RETURN_URL, session } });
  const isTold = (error) => error.name === "NeedsReauth" && error.linkSession.url === link_session.url;
  await assert.rejects(asked, (error) => isTold(error) && !inspect(error).includes(link_session.url));
  assert.ok((await script(account()).client().finish("ada", QUERY, session)).linked);
  await assert.rejects(script().client().token(null), TypeError);
  await assert.rejects(script().client().token("ada", { account: "acct_1" }), TypeError);
});

test("the guide and the errors have the same codes", async () => {
  const guide = await readFile(process.env.GUIDE ?? new URL("../../../docs/tenant-guide.md", import.meta.url), "utf8");
  const section = guide.split("\n## 5. When there is no token\n")[1].split("\n## ")[0];
  const rows = [...section.matchAll(/^\| [\d, ]+ \| ([`a-z_, ]+) \|/gm)];
  const codes = rows.flatMap((row) => [...row[1].matchAll(/[a-z_]+/g)].map(String));
  assert.deepEqual(Object.keys(client.kinds).sort(), [...new Set(codes)].sort());
});

test("messages are believed only if they are signed", () => {
  const secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const body = JSON.stringify({ type: "account.needs_reauth", id: "evt_1", timestamp: "2026-11-30T12:00:00Z", data: { external_user_id: "ada" } });
  const now = new Date();
  const headers = {
    "webhook-id": "evt_1",
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": new Webhook(secret).sign("evt_1", now, body),
  };
  for (const [text, said] of [[body, headers], [new TextEncoder().encode(body), new Headers(headers)]]) {
    const event = verify(secret, text, said);
    assert.deepEqual([event.type, event.data.external_user_id, event.timestamp.getUTCHours()], ["account.needs_reauth", "ada", 12]);
  }
  assert.throws(() => verify(secret, body.replace("ada", "eve"), headers), InvalidMessage);
  assert.throws(() => verify(secret, body, {}), InvalidMessage);
  assert.throws(() => verify(secret, Uint8Array.of(255), headers), InvalidMessage);
});
