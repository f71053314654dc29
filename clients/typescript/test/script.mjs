// A server that answers from a script, and keeps the calls and the pauses between them.
import { Bowline } from "bowline-client";

export const URL_ = "https://link.example.com";

export function script(...answers) {
  const [calls, pauses] = [[], []];
  const fetch = async (request) => {
    calls.push({ url: new URL(request.url), headers: request.headers, body: await request.text() });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const sleep = async (milliseconds) => void pauses.push(milliseconds / 1000);
  const client = (retries) => new Bowline({ url: URL_, apiKey: "key", fetch, sleep, ...(retries && { retries }) });
  return { calls, pauses, client };
}

export function json(status, body, headers = {}) {
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(body), { status, headers: { "content-type": type, ...headers } });
}

export function problem(status, code, { after, ...members } = {}) {
  const body = { type: "", title: "", status, code, detail: "why", request_id: "r1", ...members };
  return json(status, body, after === undefined ? {} : { "retry-after": after });
}

export function token() {
  return json(200, {
    access_token: "sl.u.x",
    token_type: "bearer",
    scopes: ["account_info.read"],
    account_id: "acct_1",
    provider_account_id: "dbid:1",
  });
}
