"""What can go wrong: one exception for each error that the tenant guide lists."""

from __future__ import annotations

from typing import Any, ClassVar


class BowlineError(Exception):
    """Everything that the calls of this package raise."""


class Unreachable(BowlineError):
    """Bowline did not answer, or something that is not Bowline did. The call may or may not have been carried out."""


class WrongProtocol(BowlineError):
    """The account was linked by another protocol: `token` is for OAuth 2, `oauth1_token` for OAuth 1."""


class ApiError(BowlineError):
    """Bowline refused a call (RFC 9457). Each `code` has a subclass; a code that this version does not know has none.

    Decide by the class, show `detail` to a developer, and quote `request_id` when you ask for help.
    """

    code: str = ""
    _by_code: ClassVar[dict[str, type[ApiError]]] = {}

    status: int
    """The HTTP status."""
    detail: str
    """What happened in this case, for a developer."""
    request_id: str
    """Finds the call in the server's log; empty if Bowline itself did not answer."""
    retry_after: float | None
    """In how many seconds the call may be repeated, if that helps."""
    members: dict[str, Any]
    """All members of the problem document."""

    def __init_subclass__(cls) -> None:
        """Registers a class for its code."""
        super().__init_subclass__()
        ApiError._by_code[cls.code] = cls

    def __init__(self, members: dict[str, Any], *, status: int, retry_after: float | None = None) -> None:
        """Reads a problem document."""
        self.members = members
        self.code = str(members.get("code", self.code))
        self.status = status
        self.detail = str(members.get("detail", ""))
        self.request_id = str(members.get("request_id", ""))
        self.retry_after = retry_after
        super().__init__(f"{self.code}: {self.detail}" + (f" ({self.request_id})" if self.request_id else ""))

    @staticmethod
    def of(members: dict[str, Any], *, status: int, retry_after: float | None = None) -> ApiError:
        """The exception of the class that belongs to the code of a problem document."""
        kind = ApiError._by_code.get(str(members.get("code")), ApiError)
        return kind(members, status=status, retry_after=retry_after)

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets workers such as Celery's hand an error from one process to another."""
        return _again, (self.members, self.status, self.retry_after)

    @property
    def reason(self) -> str | None:
        """Why, as a short name such as `refresh_token_revoked`, if there is more than one reason."""
        return self._text("reason")

    @property
    def account_id(self) -> str | None:
        """The account that the call concerned, if there is one."""
        return self._text("account_id")

    def _text(self, name: str) -> str | None:
        value = self.members.get(name)
        return value if isinstance(value, str) else None

    def _texts(self, name: str) -> list[str]:
        value = self.members.get(name)
        return [str(item) for item in value] if isinstance(value, list) else []


def _again(members: dict[str, Any], status: int, retry_after: float | None) -> ApiError:
    return ApiError.of(members, status=status, retry_after=retry_after)


class NeedsReauth(ApiError):
    """The user disconnected the app, or the grant ended: offer the link button again, with `account_id`."""

    code = "needs_reauth"

    @property
    def external_user_id(self) -> str | None:
        """Your own name for the user."""
        return self._text("external_user_id")

    @property
    def link_session(self) -> dict[str, str] | None:
        """`id`, `url` and `expires_at` of the link session that you asked for with `return_url`."""
        session = self.members.get("link_session")
        return session if isinstance(session, dict) else None

    @property
    def link_url(self) -> str | None:
        """Where to send the user's browser, if you asked for a link session with `return_url`."""
        return (self.link_session or {}).get("url")

    @property
    def link_session_error(self) -> str | None:
        """Why there is no link session although you asked for one."""
        return self._text("link_session_error")


class AmbiguousAccount(ApiError):
    """The user linked several accounts: ask for one of `account_ids`."""

    code = "ambiguous_account"

    @property
    def account_ids(self) -> list[str]:
        """The accounts, the newest first."""
        return self._texts("account_ids")


class InvalidState(ApiError):
    """The account has no refresh token, so its only token can be neither narrowed nor refreshed."""

    code = "invalid_state"


class AccountRevoked(ApiError):
    """The account was deleted or revoked; the user can link again."""

    code = "account_revoked"


class AccountSuspended(ApiError):
    """An operator froze the account; ask them."""

    code = "account_suspended"


class NotFound(ApiError):
    """The user has linked nothing, or the id is not yours."""

    code = "not_found"


class ConnectorBroken(ApiError):
    """Dropbox refuses the app's key or secret, or with a `reason` the refresh of this account: ask your operator."""

    code = "connector_broken"


class ConnectorDisabled(ApiError):
    """An operator has disabled the connector; the links are kept. Ask them."""

    code = "connector_disabled"


class ProviderMalformed(ApiError):
    """Dropbox's answer makes no sense. Nothing was changed; try again later."""

    code = "provider_malformed"


class ProviderUnavailable(ApiError):
    """Dropbox cannot be reached, and the last token has expired. Try again after `retry_after` seconds."""

    code = "provider_unavailable"


class DatabaseUnavailable(ApiError):
    """Bowline cannot reach its database. Try again after `retry_after` seconds."""

    code = "database_unavailable"


class UnknownState(ApiError):
    """A newer version of Bowline is being rolled out. Try again after `retry_after` seconds."""

    code = "unknown_state"


class RefreshLimited(ApiError):
    """You forced a refresh of this account less than a minute ago: fetch the token as usual."""

    code = "refresh_limited"


class RateLimited(ApiError):
    """Your apps together make too many calls. Wait `retry_after` seconds."""

    code = "rate_limited"


class RequestTimeout(ApiError):
    """The whole body did not arrive within ten seconds. Nothing was done."""

    code = "request_timeout"


class TeamLink(ApiError):
    """Dropbox linked a whole team instead of one account. Nothing was linked."""

    code = "team_link"


class AccountMismatch(ApiError):
    """The user approved with another Dropbox account than the one to be linked again. Nothing was linked."""

    code = "account_mismatch"


class CompletionRefused(ApiError):
    """The verifier or the link code does not belong to this link session. Nothing was linked."""

    code = "completion_refused"


class LinkNotReturned(ApiError):
    """The user has not returned from Dropbox yet."""

    code = "link_not_returned"


class LinkInProgress(ApiError):
    """Another call is completing the link session: repeat yours to get its result."""

    code = "link_in_progress"


class LinkFailed(ApiError):
    """The attempt has ended for `reason`; begin another link session."""

    code = "link_failed"


class LinkFinished(ApiError):
    """The link session has ended already; begin another one."""

    code = "link_finished"


class LinkExpired(ApiError):
    """The user took too long; begin another link session."""

    code = "link_expired"


class ApiKeySuspended(ApiError):
    """An automatic stop has suspended this API key, which fetched far more tokens than usual. Ask your operator."""

    code = "api_key_suspended"


class TenantFrozen(ApiError):
    """An operator has frozen your tenant. Ask them."""

    code = "tenant_frozen"


class IntegrityError(ApiError):
    """A fault of Bowline's, which raised an alarm; quote `request_id`."""

    code = "integrity_error"


class Internal(ApiError):
    """A fault of Bowline's; quote `request_id`."""

    code = "internal"


class IdempotencyKeyInUse(ApiError):
    """The first call with this `Idempotency-Key` is in progress. Repeat yours after `retry_after` seconds."""

    code = "idempotency_key_in_use"


class IdempotencyKeyReused(ApiError):
    """The `Idempotency-Key` was sent with another body: use a new key for a new request."""

    code = "idempotency_key_reused"


class BodyTooLarge(ApiError):
    """The request is above a limit."""

    code = "body_too_large"


class Unauthenticated(ApiError):
    """The API key does not work."""

    code = "unauthenticated"


class InsufficientScope(ApiError):
    """The API key lacks `permission`."""

    code = "insufficient_scope"

    @property
    def permission(self) -> str | None:
        """The permission that the call takes."""
        return self._text("permission")


class InvalidRequest(ApiError):
    """A fault in the request: `parameter` names it if it is a query parameter."""

    code = "invalid_request"

    @property
    def parameter(self) -> str | None:
        """The query parameter that is not acceptable."""
        return self._text("parameter")


class UnsupportedMediaType(ApiError):
    """The body is not JSON."""

    code = "unsupported_media_type"


class InvalidField(ApiError):
    """A value of the request is not acceptable: `field` names it."""

    code = "invalid_field"

    @property
    def field(self) -> str | None:
        """The field."""
        return self._text("field")

    @property
    def missing_scopes(self) -> list[str]:
        """The scopes that the account lacks: begin a link session with its `account_id` that asks for them."""
        return self._texts("missing_scopes")
