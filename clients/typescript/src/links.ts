/**
 * Links in progress: what is kept in the user's session, and what the browser brings back.
 *
 * Whoever's browser comes to your return URL, only the session in which the link was begun can complete it. Otherwise an
 * attacker could begin a link, have somebody else approve it, and get that person's files. `begin` keeps a verifier in the
 * session of the user, and `finish` completes only with it.
 */

import {
  AccountMismatch,
  ApiError,
  CompletionRefused,
  ConnectorBroken,
  LinkExpired,
  LinkFailed,
  LinkFinished,
  LinkNotReturned,
  ProviderMalformed,
  TeamLink,
} from "./errors.js";
import type { components } from "./schema.js";

/** A linked account. */
export type Account = components["schemas"]["Account"];

/**
 * The user's own session at your app, such as `request.session` of express-session: what is set on it is there in later
 * requests.
 */
export type Session = object;

/** The query of a request: `URL.searchParams`, or an object such as `request.query` of Express. */
export type Query = URLSearchParams | Record<string, unknown>;

/** A link that was begun. */
export interface Begun {
  /** `ls_…`, or `ms_…` of the page with the user's links. */
  id: string;
  /** Redirect the user's browser there. It is a secret of theirs. */
  url: string;
  /** When the URL stops working. */
  expiresAt: Date;
}

/** The link was made. The account needs not to be kept: tokens are asked for by your own name of the user. */
export interface Linked {
  linked: true;
  account: Account;
}

/** Nothing was linked. */
export interface NotLinked {
  linked: false;
  /**
   * - `access_denied`: the user declined.
   * - `not_started_here`: this session did not begin the link. Show an error.
   * - `back`: the user comes from the page with their links.
   * - `created` or another status of the link session: the user came back without an outcome.
   * - Otherwise a code of the tenant guide, such as `link_expired`: offer the button again.
   */
  reason: string;
  /** Bowline's page that tells the user what happened and what helps, and leads back to you: redirect there. */
  page?: string;
  /** The refusal with its `detail` for a developer, if there was one. */
  error?: ApiError;
}

/** What became of a link. */
export type Outcome = Linked | NotLinked;

const KEY = "bowlineLinks";
// Users have several tabs. A session in a cookie has room for some links only.
const KEPT = 8;
// These end a link, unless they come from Bowline's own trouble and it goes on.
const ENDS = [
  AccountMismatch,
  CompletionRefused,
  ConnectorBroken,
  LinkExpired,
  LinkFailed,
  LinkFinished,
  LinkNotReturned,
  ProviderMalformed,
  TeamLink,
];

type Kept = Record<string, [user: string, verifier: string]>;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A verifier and its challenge. */
export async function newVerifier(): Promise<{ verifier: string; challenge: string }> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { verifier, challenge: base64url(new Uint8Array(digest)) };
}

function links(session: Session): Kept {
  const kept = (session as Record<string, unknown>)[KEY];
  return typeof kept === "object" && kept !== null ? (kept as Kept) : {};
}

/** Keeps a verifier under the id of its link session, with the user for whom it was begun. */
export function keep(session: Session, link: string, user: string, verifier: string): void {
  const all = { ...links(session), [link]: [user, verifier] };
  // The part after the prefix sorts by time.
  const time = ([id]: [string, unknown]) => id.slice(id.indexOf("_") + 1);
  const newest = Object.entries(all).sort((a, b) => (time(a) < time(b) ? -1 : 1)).slice(-KEPT);
  // A new value, so that the session notices the change.
  (session as Record<string, unknown>)[KEY] = Object.fromEntries(newest);
}

/** The verifier of a link that this session began for this user. */
function verifierOf(session: Session, link: string | undefined, user: string): string | undefined {
  const kept = links(session);
  if (link === undefined || !Object.hasOwn(kept, link)) return undefined;
  const [owner, verifier] = kept[link] ?? [];
  return owner === user ? verifier : undefined;
}

/** What the browser brought back. */
export type Returned = NotLinked | { approved: string; code: string; verifier: string } | { unknown: string };

/** Reads the query. Anybody can make a link to your page, so the session has to know the link. */
export function read(user: string, query: Query, session: Session): Returned {
  const get = (name: string): string | undefined => {
    const value = query instanceof URLSearchParams ? query.get(name) : query[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const [link, visit] = [get("link_session"), get("manage_session")];
  // A link that was begun on the page with the user's links has the verifier of that page.
  const verifier = verifierOf(session, link, user) ?? verifierOf(session, visit, user);
  if (verifier === undefined) return { linked: false, reason: "not_started_here" };
  if (link === undefined) return { linked: false, reason: "back" };
  if (!/^ls_[0-9a-z]+$/.test(link)) return { linked: false, reason: "not_started_here" };
  const [error, code] = [get("error"), get("link_code")];
  // It comes from the address bar, and apps may show it as it is.
  if (error !== undefined) return { linked: false, reason: /^[a-z_]{1,64}$/.test(error) ? error : "unknown" };
  return code === undefined ? { unknown: link } : { approved: link, code, verifier };
}

/**
 * Why a link could not be completed.
 *
 * @throws the error, if the link goes on and `finish` can be called again with the same query.
 */
export function notLinked(error: unknown): NotLinked {
  const isEnd = error instanceof ApiError && error.retryAfter === undefined && ENDS.some((kind) => error instanceof kind);
  if (!isEnd) throw error;
  const page = error.members["outcome_url"];
  return { linked: false, reason: error.code, error, ...(typeof page === "string" ? { page } : {}) };
}
