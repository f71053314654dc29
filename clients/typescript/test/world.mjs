// The world around the client in tests against the real server: the simulated Dropbox, and end users with their browsers. Every
// JavaScript runtime can load it.
const { BOWLINE_URL, DROPBOX_SIM_URL, APP_KEY } = process.env;

// Fails with `why` unless `fact` is true.
export function check(fact, why) {
  if (!fact) throw new Error(why);
}

// Calls the simulated Dropbox's control API.
export async function simulate(path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${DROPBOX_SIM_URL}/sim/${path}`, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
  check(answer.ok, await answer.clone().text());
  return answer.json();
}

// The user disconnects the app at Dropbox.
export async function disconnect(account_id) {
  await simulate("disconnect", { app_key: APP_KEY, account_id });
  await simulate("expire");
}

// An end user with a browser that keeps cookies and has no screen.
export class Person {
  #cookies = new Map();

  constructor(email) {
    this.email = email;
  }

  async open(method, url, headers = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { method, headers: { cookie, ...headers }, redirect: "manual" });
    for (const set of answer.headers.getSetCookie()) {
      const [name, ...value] = set.split(";")[0].split("=");
      this.#cookies.set(name, value.join("="));
    }
    return answer;
  }

  async #goesToDropbox(url) {
    const shown = await this.open("GET", url);
    check(shown.status === 200, `the page of the link is answered with ${shown.status}`);
    const page = await (await this.open("POST", url, { origin: new URL(BOWLINE_URL).origin, "sec-fetch-site": "same-origin" })).text();
    const target = page.match(/http-equiv="refresh" content="0; url=([^"]+)"/)?.[1];
    check(target, page);
    return target.replaceAll("&#38;", "&").replaceAll("&amp;", "&");
  }

  // The query with which the browser comes back to the app.
  async #comesBack(callback) {
    const answer = await this.open("GET", callback);
    return new URL(answer.headers.get("location")).searchParams;
  }

  async approves(url) {
    const authorize_url = await this.#goesToDropbox(url);
    return this.#comesBack((await simulate("approve", { authorize_url, user: this.email })).redirect);
  }

  async declines(url) {
    const authorize_url = await this.#goesToDropbox(url);
    return this.#comesBack((await simulate("decline", { authorize_url })).redirect);
  }
}
