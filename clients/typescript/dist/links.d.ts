/**
 * Links in progress: what is kept in the user's session, and what the browser brings back.
 *
 * Whoever's browser comes to your return URL, only the session in which the link was begun can complete it. Otherwise an
 * attacker could begin a link, have somebody else approve it, and get that person's files. `begin` keeps a verifier in the
 * session of the user, and `finish` completes only with it.
 */
import { ApiError } from "./errors.js";
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
/** A verifier and its challenge. */
export declare function newVerifier(): Promise<{
    verifier: string;
    challenge: string;
}>;
/** Keeps a verifier under the id of its link session, with the user for whom it was begun. */
export declare function keep(session: Session, link: string, user: string, verifier: string): void;
/** What the browser brought back. */
export type Returned = NotLinked | {
    approved: string;
    code: string;
    verifier: string;
} | {
    unknown: string;
};
/** Reads the query. Anybody can make a link to your page, so the session has to know the link. */
export declare function read(user: string, query: Query, session: Session): Returned;
/**
 * Why a link could not be completed.
 *
 * @throws the error, if the link goes on and `finish` can be called again with the same query.
 */
export declare function notLinked(error: unknown): NotLinked;
