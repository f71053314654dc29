/** What can go wrong: one class for each error that the tenant guide lists. */
/** Everything that the calls of this package throw. */
export class BowlineError extends Error {
    constructor(message, options) {
        super(message, options);
        this.name = new.target.name;
    }
}
/** Bowline did not answer, or something that is not Bowline did. The call may or may not have been carried out. */
export class Unreachable extends BowlineError {
}
/** The account was linked by another protocol: `token` is for OAuth 2, `oauth1Token` for OAuth 1. */
export class WrongProtocol extends BowlineError {
}
/**
 * Bowline refused a call (RFC 9457). Each `code` has a subclass; a code that this version does not know has none. Decide by
 * the class, show `detail` to a developer, and quote `requestId` when you ask for help.
 */
export class ApiError extends BowlineError {
    /** The code on the wire, such as `needs_reauth`. */
    code;
    /** The HTTP status. */
    status;
    /** What happened in this case, for a developer. */
    detail;
    /** Finds the call in the server's log; empty if Bowline itself did not answer. */
    requestId;
    /** In how many seconds the call may be repeated, if that helps. */
    retryAfter;
    constructor(members, status, retryAfter) {
        const text = (name) => (typeof members[name] === "string" ? members[name] : "");
        super(`${text("code")}: ${text("detail")}${text("request_id") && ` (${text("request_id")})`}`);
        Object.defineProperty(this, "members", { value: members, enumerable: false });
        this.code = text("code");
        this.detail = text("detail");
        this.requestId = text("request_id");
        this.status = status;
        this.retryAfter = retryAfter;
    }
    /** Why, as a short name such as `refresh_token_revoked`, if there is more than one reason. */
    get reason() {
        return this.text("reason");
    }
    /** The account that the call concerned, if there is one. */
    get accountId() {
        return this.text("account_id");
    }
    text(name) {
        const value = this.members[name];
        return typeof value === "string" ? value : undefined;
    }
    texts(name) {
        const value = this.members[name];
        return Array.isArray(value) ? value.map(String) : [];
    }
}
/** The user disconnected the app, or the grant ended: offer the link button again, with `accountId`. */
export class NeedsReauth extends ApiError {
    /** Your own name for the user. */
    get externalUserId() {
        return this.text("external_user_id");
    }
    /** The link session that you asked for with `returnUrl`. */
    get linkSession() {
        return this.members["link_session"];
    }
    /** Why there is no link session although you asked for one. */
    get linkSessionError() {
        return this.text("link_session_error");
    }
}
/** The user linked several accounts: ask for one of `accountIds`, the newest first. */
export class AmbiguousAccount extends ApiError {
    get accountIds() {
        return this.texts("account_ids");
    }
}
/** The API key lacks `permission`. */
export class InsufficientScope extends ApiError {
    get permission() {
        return this.text("permission");
    }
}
/** A value of the request is not acceptable: `field` names it. */
export class InvalidField extends ApiError {
    get field() {
        return this.text("field");
    }
    /** The scopes that the account lacks: begin a link session with its id that asks for them. */
    get missingScopes() {
        return this.texts("missing_scopes");
    }
}
/** A fault in the request; `parameter` names a query parameter. */
export class InvalidRequest extends ApiError {
    get parameter() {
        return this.text("parameter");
    }
}
/** The account has no refresh token, so its only token can be neither narrowed nor refreshed. */
export class InvalidState extends ApiError {
}
/** The account was deleted or revoked; the user can link again. */
export class AccountRevoked extends ApiError {
}
/** An operator froze the account; ask them. */
export class AccountSuspended extends ApiError {
}
/** The user has linked nothing, or the id is not yours. */
export class NotFound extends ApiError {
}
/** Dropbox refuses the app's key or secret, or with a `reason` the refresh of this account: ask your operator. */
export class ConnectorBroken extends ApiError {
}
/** An operator has disabled the connector; the links are kept. Ask them. */
export class ConnectorDisabled extends ApiError {
}
/** Dropbox's answer makes no sense. Nothing was changed; try again later. */
export class ProviderMalformed extends ApiError {
}
/** Dropbox cannot be reached, and the last token has expired. Try again after `retryAfter` seconds. */
export class ProviderUnavailable extends ApiError {
}
/** Bowline cannot reach its database. Try again after `retryAfter` seconds. */
export class DatabaseUnavailable extends ApiError {
}
/** A newer version of Bowline is being rolled out. Try again after `retryAfter` seconds. */
export class UnknownState extends ApiError {
}
/** You forced a refresh of this account less than a minute ago: fetch the token as usual. */
export class RefreshLimited extends ApiError {
}
/** Your apps together make too many calls. Wait `retryAfter` seconds. */
export class RateLimited extends ApiError {
}
/** The whole body did not arrive within ten seconds. Nothing was done. */
export class RequestTimeout extends ApiError {
}
/** Dropbox linked a whole team instead of one account. Nothing was linked. */
export class TeamLink extends ApiError {
}
/** The user approved with another Dropbox account than the one to be linked again. Nothing was linked. */
export class AccountMismatch extends ApiError {
}
/** The verifier or the link code does not belong to this link session. Nothing was linked. */
export class CompletionRefused extends ApiError {
}
/** The user has not returned from Dropbox yet. */
export class LinkNotReturned extends ApiError {
}
/** Another call is completing the link session: repeat yours to get its result. */
export class LinkInProgress extends ApiError {
}
/** The attempt has ended for `reason`; begin another link session. */
export class LinkFailed extends ApiError {
}
/** The link session has ended already; begin another one. */
export class LinkFinished extends ApiError {
}
/** The user took too long; begin another link session. */
export class LinkExpired extends ApiError {
}
/** An automatic stop has suspended this API key, which fetched far more tokens than usual. Ask your operator. */
export class ApiKeySuspended extends ApiError {
}
/** An operator has frozen your tenant. Ask them. */
export class TenantFrozen extends ApiError {
}
/** A fault of Bowline's, which raised an alarm; quote `requestId`. */
export class IntegrityError extends ApiError {
}
/** A fault of Bowline's; quote `requestId`. */
export class Internal extends ApiError {
}
/** The first call with this `Idempotency-Key` is in progress. Repeat yours after `retryAfter` seconds. */
export class IdempotencyKeyInUse extends ApiError {
}
/** The `Idempotency-Key` was sent with another body: use a new key for a new request. */
export class IdempotencyKeyReused extends ApiError {
}
/** The request is above a limit. */
export class BodyTooLarge extends ApiError {
}
/** The API key does not work. */
export class Unauthenticated extends ApiError {
}
/** The body is not JSON. */
export class UnsupportedMediaType extends ApiError {
}
/** The class of each code. */
export const kinds = {
    account_mismatch: AccountMismatch,
    account_revoked: AccountRevoked,
    account_suspended: AccountSuspended,
    ambiguous_account: AmbiguousAccount,
    api_key_suspended: ApiKeySuspended,
    body_too_large: BodyTooLarge,
    completion_refused: CompletionRefused,
    connector_broken: ConnectorBroken,
    connector_disabled: ConnectorDisabled,
    database_unavailable: DatabaseUnavailable,
    idempotency_key_in_use: IdempotencyKeyInUse,
    idempotency_key_reused: IdempotencyKeyReused,
    insufficient_scope: InsufficientScope,
    integrity_error: IntegrityError,
    internal: Internal,
    invalid_field: InvalidField,
    invalid_request: InvalidRequest,
    invalid_state: InvalidState,
    link_expired: LinkExpired,
    link_failed: LinkFailed,
    link_finished: LinkFinished,
    link_in_progress: LinkInProgress,
    link_not_returned: LinkNotReturned,
    needs_reauth: NeedsReauth,
    not_found: NotFound,
    provider_malformed: ProviderMalformed,
    provider_unavailable: ProviderUnavailable,
    rate_limited: RateLimited,
    refresh_limited: RefreshLimited,
    request_timeout: RequestTimeout,
    team_link: TeamLink,
    tenant_frozen: TenantFrozen,
    unauthenticated: Unauthenticated,
    unknown_state: UnknownState,
    unsupported_media_type: UnsupportedMediaType,
};
/** The error of the class that belongs to the code of a problem document. */
export function errorOf(members, status, retryAfter) {
    const code = String(members["code"]);
    const kind = Object.hasOwn(kinds, code) ? kinds[code] : undefined;
    return new (kind ?? ApiError)(members, status, retryAfter);
}
