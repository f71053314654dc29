// What is repeated, when, and with which key.
import assert from "node:assert/strict";
import test from "node:test";
import { ApiError, ConnectorBroken, DatabaseUnavailable, LinkInProgress, NeedsReauth, RateLimited, Unreachable } from "bowline-client";
import { problem, script, token } from "./script.mjs";

const page = () => new Response("<h1>503</h1>", { status: 503, headers: { "content-type": "text/html" } });
const lost = () => new TypeError("fetch failed");

test("a lost answer is asked for again with the same key and body", async () => {
  const { calls, pauses, client } = script(lost(), lost(), token());
  assert.equal((await client().token("ada", { min_ttl: 600 })).access_token, "sl.u.x");
  assert.equal(new Set(calls.map((call) => call.headers.get("idempotency-key"))).size, 1);
  assert.deepEqual(calls.map((call) => call.body), Array(3).fill('{"min_ttl":600}'));
  assert.equal(calls[0].headers.get("authorization"), "Bearer key");
  assert.ok(pauses[0] < 0.5 && pauses[1] < 0.7);
});

test("each call has a key of its own", async () => {
  const { calls, client } = script(token(), token());
  await client().token("ada");
  await client().token("ada");
  assert.equal(new Set(calls.map((call) => call.headers.get("idempotency-key"))).size, 2);
});

test("a call waits as long as it is told, as a number or a date", async () => {
  const date = new Date(Date.now() + 3000).toUTCString();
  const { pauses, client } = script(problem(429, "rate_limited", { after: "1" }), problem(503, "database_unavailable", { after: date }), token());
  await client().token("ada");
  assert.ok(pauses[0] >= 1 && pauses[0] < 1.3, pauses[0]);
  assert.ok(pauses[1] > 1 && pauses[1] < 3.3, pauses[1]);
});

test("a long pause is left to the caller", async () => {
  const twice = script(problem(503, "database_unavailable", { after: "3" }), problem(503, "database_unavailable", { after: "3" }));
  await assert.rejects(twice.client().token("ada"), (error) => error instanceof DatabaseUnavailable && error.retryAfter === 3);
  assert.equal(twice.calls.length, 2, "two pauses of three seconds are more than five");
  const long = script(problem(429, "rate_limited", { after: "30" }));
  await assert.rejects(long.client().token("ada"), RateLimited);
  assert.deepEqual(long.pauses, []);
});

test("the attempts are counted", async () => {
  const { calls, client } = script(lost(), lost(), lost());
  await assert.rejects(client({ attempts: 2 }).token("ada"), (error) => error instanceof Unreachable && error.cause instanceof TypeError);
  assert.equal(calls.length, 2);
});

test("what does not help is not repeated", async () => {
  for (const [answer, kind] of [
    [problem(409, "needs_reauth"), NeedsReauth],
    [problem(502, "connector_broken"), ConnectorBroken],
    [problem(503, "something_new"), ApiError],
    [problem(400, "constructor", { after: "1" }), ApiError],
  ]) {
    const { calls, client } = script(answer);
    await assert.rejects(client().token("ada"), kind);
    assert.equal(calls.length, 1);
  }
});

test("a proxy without a server is asked again, and a link that is being completed", async () => {
  await script(page(), token()).client().token("ada");
  const proxy = script(page(), page(), page());
  await assert.rejects(proxy.client().token("ada"), (error) => error.code === "http_503" && error.requestId === "");
  const busy = script(...Array.from({ length: 3 }, () => problem(409, "link_in_progress")));
  await assert.rejects(busy.client().token("ada"), LinkInProgress);
  assert.equal(busy.calls.length, 3);
});

test("what is not Bowline is not believed", async () => {
  const wifi = () => new Response("<h1>Hotel Wi-Fi</h1>", { headers: { "content-type": "text/html" } });
  const login = () => new Response(null, { status: 302, headers: { location: "/login" } });
  for (const answer of [wifi(), login()]) {
    const { calls, client } = script(answer);
    await assert.rejects(client().token("ada"), Unreachable);
    assert.equal(calls.length, 1);
  }
});
