/** The calls that an app makes, with what no generator can know. */

import createClient, { type Client } from "openapi-fetch";
import { NeedsReauth, Unreachable, WrongProtocol } from "./errors.js";
import { type Begun, keep, newVerifier, notLinked, type Outcome, type Query, read, type Session } from "./links.js";
import { type Retries, retrying, type Surroundings } from "./retry.js";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
/** A token of OAuth 2. */
export type AccessToken = Schemas["AccessToken"];
/** A token of OAuth 1.0 or 1.0a. */
export type OAuth1Token = Schemas["OAuth1Token"];

/** Options of a link: the tenant guide has a table of them. */
export type LinkOptions = Omit<Schemas["CreateLinkSession"], "external_user_id" | "return_url" | "completion_challenge">;
/** Options of the page on which users see and end their links. */
export type ManageOptions = Omit<
  Schemas["CreateManageSession"],
  "external_user_id" | "return_url" | "completion_challenge"
>;

/** Whose token, and which. */
export type TokenOptions = ({ account: string } | { connector?: string }) & {
  /** The seconds for which the token must still be valid: 0 to 3,600; 300 if omitted. */
  min_ttl?: number;
  /** Some of the account's scopes, for a token that permits nothing else. */
  scopes?: string[];
  /** If the user must link again, `NeedsReauth.linkSession` begins the link that leads back to `returnUrl`. */
  relink?: { returnUrl: string; session: Session };
};

/** Options of a client. */
export interface Options extends Surroundings {
  /** Bowline's address. */
  url: string;
  /** An API key of your back end. */
  apiKey: string;
  /** How calls are repeated. */
  retries?: Retries;
}

/** Bowline for one tenant. Keep one for the whole process. */
export class Bowline {
  /** All calls, typed: `await bowline.calls.GET("/v1/accounts")`. What is refused is thrown. */
  readonly calls: Client<paths>;

  constructor(options: Options) {
    this.calls = createClient<paths>({
      baseUrl: options.url.replace(/\/+$/, ""),
      headers: { authorization: `Bearer ${options.apiKey}` },
      fetch: retrying(options.retries ?? {}, options),
    });
  }

  /**
   * Begins a link for `user`, your own name for the user who is signed in: redirect the browser to its `url`. Keeps what
   * `finish` needs in `session`, the user's session at your app. Its cookie needs `SameSite=Lax`. `returnUrl` is as it is
   * registered with the connector. With `account_id`, that account is linked again.
   */
  async begin(user: string, returnUrl: string, session: Session, options: LinkOptions = {}): Promise<Begun> {
    const { verifier, challenge } = await newVerifier();
    const own = { external_user_id: user, return_url: returnUrl, completion_challenge: challenge };
    const made = success(await this.calls.POST("/v1/link-sessions", { body: { ...options, ...own } }));
    keep(session, made.id, user, verifier);
    return { id: made.id, url: made.url, expiresAt: new Date(made.expires_at) };
  }

  /** Opens the page on which `user` sees and ends their links: redirect the browser to its `url` (303). `finish` serves both. */
  async manage(user: string, returnUrl: string, session: Session, options: ManageOptions = {}): Promise<Begun> {
    const { verifier, challenge } = await newVerifier();
    const own = { external_user_id: user, return_url: returnUrl, completion_challenge: challenge };
    const made = success(await this.calls.POST("/v1/manage-sessions", { body: { ...options, ...own } }));
    keep(session, made.id, user, verifier);
    return { id: made.id, url: made.url, expiresAt: new Date(made.expires_at) };
  }

  /**
   * What became of the link with which the browser comes to your return URL. `user` is who is signed in now. A link that this
   * session did not begin for this user is never completed. The call may be repeated: a browser may come back twice.
   *
   * @throws {BowlineError} if nothing is decided yet; the user may load the page again.
   */
  async finish(user: string, query: Query, session: Session): Promise<Outcome> {
    const returned = read(user, query, session);
    if ("linked" in returned) return returned;
    if ("approved" in returned) {
      const params = { path: { id: returned.approved } };
      const body = { link_code: returned.code, completion_verifier: returned.verifier };
      try {
        const done = await this.calls.POST("/v1/link-sessions/{id}/complete", { params, body });
        return { linked: true, account: success(done) };
      } catch (error) {
        return notLinked(error);
      }
    }
    const params = { path: { id: returned.unknown } };
    const shown = success(await this.calls.GET("/v1/link-sessions/{id}", { params }));
    // The session may know only the visit of a page, and the address bar names any link: that of another user as well.
    if (shown.external_user_id !== user) return { linked: false, reason: "not_started_here" };
    if (shown.status === "completed" && shown.account_id) {
      const account = await this.calls.GET("/v1/accounts/{id}", { params: { path: { id: shown.account_id } } });
      return { linked: true, account: success(account) };
    }
    return { linked: false, reason: shown.status === "denied" ? "access_denied" : (shown.failure ?? shown.status) };
  }

  /**
   * A token that works now, of a user or, with `{ account }` in place of the user, of one account. Do not store it; ask again.
   *
   * @throws {NotFound} the user has linked nothing.
   * @throws {NeedsReauth} the user must link again.
   * @throws {AmbiguousAccount} the user has linked several accounts; ask for one of its `accountIds`.
   */
  async token(user: string | null, options: TokenOptions = {}): Promise<AccessToken> {
    const token = await this.#token(user, options);
    if ("access_token" in token) return token;
    throw new WrongProtocol("the account was linked by OAuth 1: use oauth1Token");
  }

  /** Like `token`, for accounts that were linked by OAuth 1.0 or 1.0a. */
  async oauth1Token(user: string | null, options: TokenOptions = {}): Promise<OAuth1Token> {
    const token = await this.#token(user, options);
    if ("oauth_token" in token) return token;
    throw new WrongProtocol("the account was linked by OAuth 2: use token");
  }

  async #token(user: string | null, { relink, ...options }: TokenOptions): Promise<Schemas["Token"]> {
    const account = "account" in options ? options.account : undefined;
    if ((user === null) === (account === undefined)) throw new TypeError("ask for the token of a user or of an account");
    const { verifier, challenge } = await newVerifier();
    const again = relink && { relink: { return_url: relink.returnUrl, completion_challenge: challenge } };
    try {
      if (account !== undefined) {
        const { account: id, ...rest } = options as { account: string };
        const params = { path: { id } };
        return success(await this.calls.POST("/v1/accounts/{id}/token", { params, body: { ...rest, ...again } }));
      }
      const params = { path: { external_user_id: user as string } };
      const body = { ...options, ...again };
      return success(await this.calls.POST("/v1/users/{external_user_id}/token", { params, body }));
    } catch (error) {
      if (relink && error instanceof NeedsReauth && error.linkSession) {
        keep(relink.session, error.linkSession.id, error.externalUserId ?? user ?? "", verifier);
      }
      throw error;
    }
  }
}

function success<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Unreachable("the answer is empty");
  return answer.data;
}
