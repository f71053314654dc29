/** What can go wrong: one class for each error that the tenant guide lists. */
/** Everything that the calls of this package throw. */
export declare class BowlineError extends Error {
    constructor(message: string, options?: ErrorOptions);
}
/** Bowline did not answer, or something that is not Bowline did. The call may or may not have been carried out. */
export declare class Unreachable extends BowlineError {
}
/** The account was linked by another protocol: `token` is for OAuth 2, `oauth1Token` for OAuth 1. */
export declare class WrongProtocol extends BowlineError {
}
/**
 * Bowline refused a call (RFC 9457). Each `code` has a subclass; a code that this version does not know has none. Decide by
 * the class, show `detail` to a developer, and quote `requestId` when you ask for help.
 */
export declare class ApiError extends BowlineError {
    /** The code on the wire, such as `needs_reauth`. */
    readonly code: string;
    /** The HTTP status. */
    readonly status: number;
    /** What happened in this case, for a developer. */
    readonly detail: string;
    /** Finds the call in the server's log; empty if Bowline itself did not answer. */
    readonly requestId: string;
    /** In how many seconds the call may be repeated, if that helps. */
    readonly retryAfter: number | undefined;
    /** All members of the problem document. A log of the error does not print them, because they may have the secret URL of a link. */
    readonly members: Readonly<Record<string, unknown>>;
    constructor(members: Record<string, unknown>, status: number, retryAfter?: number);
    /** Why, as a short name such as `refresh_token_revoked`, if there is more than one reason. */
    get reason(): string | undefined;
    /** The account that the call concerned, if there is one. */
    get accountId(): string | undefined;
    protected text(name: string): string | undefined;
    protected texts(name: string): string[];
}
/** The user disconnected the app, or the grant ended: offer the link button again, with `accountId`. */
export declare class NeedsReauth extends ApiError {
    /** Your own name for the user. */
    get externalUserId(): string | undefined;
    /** The link session that you asked for with `returnUrl`. */
    get linkSession(): {
        id: string;
        url: string;
        expires_at: string;
    } | undefined;
    /** Why there is no link session although you asked for one. */
    get linkSessionError(): string | undefined;
}
/** The user linked several accounts: ask for one of `accountIds`, the newest first. */
export declare class AmbiguousAccount extends ApiError {
    get accountIds(): string[];
}
/** The API key lacks `permission`. */
export declare class InsufficientScope extends ApiError {
    get permission(): string | undefined;
}
/** A value of the request is not acceptable: `field` names it. */
export declare class InvalidField extends ApiError {
    get field(): string | undefined;
    /** The scopes that the account lacks: begin a link session with its id that asks for them. */
    get missingScopes(): string[];
}
/** A fault in the request; `parameter` names a query parameter. */
export declare class InvalidRequest extends ApiError {
    get parameter(): string | undefined;
}
/** The account has no refresh token, so its only token can be neither narrowed nor refreshed. */
export declare class InvalidState extends ApiError {
}
/** The account was deleted or revoked; the user can link again. */
export declare class AccountRevoked extends ApiError {
}
/** An operator froze the account; ask them. */
export declare class AccountSuspended extends ApiError {
}
/** The user has linked nothing, or the id is not yours. */
export declare class NotFound extends ApiError {
}
/** Dropbox refuses the app's key or secret, or with a `reason` the refresh of this account: ask your operator. */
export declare class ConnectorBroken extends ApiError {
}
/** An operator has disabled the connector; the links are kept. Ask them. */
export declare class ConnectorDisabled extends ApiError {
}
/** Dropbox's answer makes no sense. Nothing was changed; try again later. */
export declare class ProviderMalformed extends ApiError {
}
/** Dropbox cannot be reached, and the last token has expired. Try again after `retryAfter` seconds. */
export declare class ProviderUnavailable extends ApiError {
}
/** Bowline cannot reach its database. Try again after `retryAfter` seconds. */
export declare class DatabaseUnavailable extends ApiError {
}
/** A newer version of Bowline is being rolled out. Try again after `retryAfter` seconds. */
export declare class UnknownState extends ApiError {
}
/** You forced a refresh of this account less than a minute ago: fetch the token as usual. */
export declare class RefreshLimited extends ApiError {
}
/** Your apps together make too many calls. Wait `retryAfter` seconds. */
export declare class RateLimited extends ApiError {
}
/** The whole body did not arrive within ten seconds. Nothing was done. */
export declare class RequestTimeout extends ApiError {
}
/** Dropbox linked a whole team instead of one account. Nothing was linked. */
export declare class TeamLink extends ApiError {
}
/** The user approved with another Dropbox account than the one to be linked again. Nothing was linked. */
export declare class AccountMismatch extends ApiError {
}
/** The verifier or the link code does not belong to this link session. Nothing was linked. */
export declare class CompletionRefused extends ApiError {
}
/** The user has not returned from Dropbox yet. */
export declare class LinkNotReturned extends ApiError {
}
/** Another call is completing the link session: repeat yours to get its result. */
export declare class LinkInProgress extends ApiError {
}
/** The attempt has ended for `reason`; begin another link session. */
export declare class LinkFailed extends ApiError {
}
/** The link session has ended already; begin another one. */
export declare class LinkFinished extends ApiError {
}
/** The user took too long; begin another link session. */
export declare class LinkExpired extends ApiError {
}
/** An automatic stop has suspended this API key, which fetched far more tokens than usual. Ask your operator. */
export declare class ApiKeySuspended extends ApiError {
}
/** An operator has frozen your tenant. Ask them. */
export declare class TenantFrozen extends ApiError {
}
/** A fault of Bowline's, which raised an alarm; quote `requestId`. */
export declare class IntegrityError extends ApiError {
}
/** A fault of Bowline's; quote `requestId`. */
export declare class Internal extends ApiError {
}
/** The first call with this `Idempotency-Key` is in progress. Repeat yours after `retryAfter` seconds. */
export declare class IdempotencyKeyInUse extends ApiError {
}
/** The `Idempotency-Key` was sent with another body: use a new key for a new request. */
export declare class IdempotencyKeyReused extends ApiError {
}
/** The request is above a limit. */
export declare class BodyTooLarge extends ApiError {
}
/** The API key does not work. */
export declare class Unauthenticated extends ApiError {
}
/** The body is not JSON. */
export declare class UnsupportedMediaType extends ApiError {
}
type Kind = new (members: Record<string, unknown>, status: number, retryAfter?: number) => ApiError;
/** The class of each code. */
export declare const kinds: Readonly<Record<string, Kind>>;
/** The error of the class that belongs to the code of a problem document. */
export declare function errorOf(members: Record<string, unknown>, status: number, retryAfter?: number): ApiError;
export {};
