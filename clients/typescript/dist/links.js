/**
 * Links in progress: what is kept in the user's session, and what the browser brings back.
 *
 * Whoever's browser comes to your return URL, only the session in which the link was begun can complete it. Otherwise an
 * attacker could begin a link, have somebody else approve it, and get that person's files. `begin` keeps a verifier in the
 * session of the user, and `finish` completes only with it.
 */
import { AccountMismatch, ApiError, CompletionRefused, ConnectorBroken, LinkExpired, LinkFailed, LinkFinished, LinkNotReturned, ProviderMalformed, TeamLink, } from "./errors.js";
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
function base64url(bytes) {
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
/** A verifier and its challenge. */
export async function newVerifier() {
    const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    return { verifier, challenge: base64url(new Uint8Array(digest)) };
}
function links(session) {
    const kept = session[KEY];
    return typeof kept === "object" && kept !== null ? kept : {};
}
/** Keeps a verifier under the id of its link session, with the user for whom it was begun. */
export function keep(session, link, user, verifier) {
    const all = { ...links(session), [link]: [user, verifier] };
    // The part after the prefix sorts by time.
    const time = ([id]) => id.slice(id.indexOf("_") + 1);
    const newest = Object.entries(all).sort((a, b) => (time(a) < time(b) ? -1 : 1)).slice(-KEPT);
    // A new value, so that the session notices the change.
    session[KEY] = Object.fromEntries(newest);
}
/** The verifier of a link that this session began for this user. */
function verifierOf(session, link, user) {
    const kept = links(session);
    if (link === undefined || !Object.hasOwn(kept, link))
        return undefined;
    const [owner, verifier] = kept[link] ?? [];
    return owner === user ? verifier : undefined;
}
/** Reads the query. Anybody can make a link to your page, so the session has to know the link. */
export function read(user, query, session) {
    const get = (name) => {
        const value = query instanceof URLSearchParams ? query.get(name) : query[name];
        return typeof value === "string" && value !== "" ? value : undefined;
    };
    const [link, visit] = [get("link_session"), get("manage_session")];
    // A link that was begun on the page with the user's links has the verifier of that page.
    const verifier = verifierOf(session, link, user) ?? verifierOf(session, visit, user);
    if (verifier === undefined)
        return { linked: false, reason: "not_started_here" };
    if (link === undefined)
        return { linked: false, reason: "back" };
    if (!/^ls_[0-9a-z]+$/.test(link))
        return { linked: false, reason: "not_started_here" };
    const [error, code] = [get("error"), get("link_code")];
    // It comes from the address bar, and apps may show it as it is.
    if (error !== undefined)
        return { linked: false, reason: /^[a-z_]{1,64}$/.test(error) ? error : "unknown" };
    return code === undefined ? { unknown: link } : { approved: link, code, verifier };
}
/**
 * Why a link could not be completed.
 *
 * @throws the error, if the link goes on and `finish` can be called again with the same query.
 */
export function notLinked(error) {
    const isEnd = error instanceof ApiError && error.retryAfter === undefined && ENDS.some((kind) => error instanceof kind);
    if (!isEnd)
        throw error;
    const page = error.members["outcome_url"];
    return { linked: false, reason: error.code, error, ...(typeof page === "string" ? { page } : {}) };
}
