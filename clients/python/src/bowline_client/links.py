"""Links in progress: what is kept in the user's session, and what the browser brings back.

Whoever's browser comes to your return URL, only the session in which the link was begun can complete it. Otherwise an
attacker could begin a link, have somebody else approve it, and get that person's files. `begin` keeps a verifier in
the session of the user, and `finish` completes only with it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from .errors import (
    AccountMismatch,
    ApiError,
    CompletionRefused,
    ConnectorBroken,
    LinkExpired,
    LinkFailed,
    LinkFinished,
    LinkNotReturned,
    NeedsReauth,
    ProviderMalformed,
    TeamLink,
)
from .generated.models import (
    CompleteLinkSession,
    CreateLinkSession,
    CreateManageSession,
    LinkSession,
    NewLinkSession,
    NewManageSession,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .generated.models import Account

KEY = "bowline_links"
"""The name under which a session has its links in progress."""
# Users have several tabs. A session in a cookie has room for some links only.
_KEPT = 8
# These end a link, unless they come from Bowline's own trouble and it goes on.
_ENDS = (
    AccountMismatch,
    CompletionRefused,
    ConnectorBroken,
    LinkExpired,
    LinkFailed,
    LinkFinished,
    LinkNotReturned,
    ProviderMalformed,
    TeamLink,
)


class Session(Protocol):
    """The user's own session at your app, such as Flask's `session`: what is set is there in later requests."""

    def get(self, key: str, default: Any = None, /) -> Any:
        """What was set, or the default."""
        ...

    def __setitem__(self, key: str, value: Any, /) -> None:
        """Sets a value that JSON can hold."""
        ...


class Query(Protocol):
    """The query parameters of a request, such as Flask's `request.args`."""

    def get(self, key: str, /) -> Any:
        """The parameter, or none."""
        ...


class LinkOptions(TypedDict, total=False):
    """Options of a link: the tenant guide has a table of them."""

    connector: str | None
    scopes: Sequence[str] | None
    account_id: str | None
    user_label: str | None
    locale: str | None
    metadata: Mapping[str, str] | None
    force_reauthentication: bool | None
    completion: str | None
    require_role: str | None


class ManageOptions(TypedDict, total=False):
    """Options of the page on which users see and end their links."""

    connector: str | None
    user_label: str | None
    locale: str | None


@dataclass(frozen=True)
class Begun:
    """A link that was begun."""

    id: str
    """`ls_…`, or `ms_…` of the page with the user's links."""
    url: str = field(repr=False)
    """Redirect the user's browser there. It is a secret of theirs."""
    expires_at: datetime
    """When the URL stops working."""


@dataclass(frozen=True)
class Linked:
    """The link was made."""

    account: Account
    """The linked account. It needs not to be kept: tokens are asked for by your own name of the user."""


@dataclass(frozen=True)
class NotLinked:
    """Nothing was linked."""

    reason: str
    """Why.

    - `access_denied`: the user declined.
    - `not_started_here`: this session did not begin the link. Show an error.
    - `back`: the user comes from the page with their links.
    - `created` or another status of the link session: the user came back without an outcome.
    - Otherwise a code of the tenant guide, such as `link_expired`: offer the button again.
    """
    page: str | None = None
    """Bowline's page that tells the user what happened and what helps, and leads back to you: redirect there."""
    error: ApiError | None = None
    """The refusal with its `detail` for a developer, if there was one."""

    @property
    def declined(self) -> bool:
        """Whether the user said no, which is fine."""
        return self.reason == "access_denied"


Outcome = Linked | NotLinked
"""What became of a link."""


@dataclass(frozen=True)
class Approval:
    """The user approved; the link is yet to be completed."""

    id: str
    body: CompleteLinkSession = field(repr=False)


@dataclass(frozen=True)
class Unknown:
    """The user came back, and only Bowline knows how the link stands."""

    id: str


def new_verifier() -> tuple[str, str]:
    """A verifier and its challenge."""
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def wanted(user: str, return_url: str, challenge: str, options: LinkOptions) -> CreateLinkSession:
    """The body of the call that begins a link."""
    own = {"external_user_id": user, "return_url": return_url, "completion_challenge": challenge}
    return CreateLinkSession.from_dict({**_given(options), **own})


def wanted_page(user: str, return_url: str, challenge: str, options: ManageOptions) -> CreateManageSession:
    """The body of the call that begins a visit of the page with the user's links."""
    own = {"external_user_id": user, "return_url": return_url, "completion_challenge": challenge}
    return CreateManageSession.from_dict({**_given(options), **own})


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def begun(made: NewLinkSession | NewManageSession, user: str, verifier: str, session: Session) -> Begun:
    """Keeps the verifier of a link in the user's session."""
    keep(session, made.id, user, verifier)
    return Begun(made.id, made.url, made.expires_at)


def keep(session: Session, link: str, user: str, verifier: str) -> None:
    """Keeps a verifier under the id of its link session, with the user for whom it was begun."""
    links = {**_links(session), link: [user, verifier]}
    # The part after the prefix sorts by time.
    newest = sorted(links.items(), key=lambda item: item[0].partition("_")[2])[-_KEPT:]
    # A new value, so that the session notices the change.
    session[KEY] = dict(newest)


def keep_offered(error: NeedsReauth, user: str | None, verifier: str, session: Session) -> None:
    """Keeps the verifier of the link session that came with a refusal."""
    offered, user = error.link_session, error.external_user_id or user
    if offered and user is not None:
        keep(session, offered["id"], user, verifier)


def _links(session: Session) -> dict[str, Any]:
    links = session.get(KEY)
    return links if isinstance(links, dict) else {}


def _verifier(session: Session, link: Any, user: str) -> str | None:
    """The verifier of a link that this session began for this user."""
    kept = _links(session).get(link) if isinstance(link, str) else None
    return kept[1] if kept and kept[0] == user else None


def read(user: str, query: Query, session: Session) -> NotLinked | Approval | Unknown:
    """What the browser brought back. Anybody can make a link to your page, so the session has to know the link."""
    link, visit = query.get("link_session"), query.get("manage_session")
    # A link that was begun on the page with the user's links has the verifier of that page.
    verifier = _verifier(session, link, user) or _verifier(session, visit, user)
    if verifier is None:
        return NotLinked("not_started_here")
    if not link:
        return NotLinked("back")
    if re.fullmatch("ls_[0-9a-z]+", link) is None:
        return NotLinked("not_started_here")
    error, code = query.get("error"), query.get("link_code")
    if error:
        # It comes from the address bar, and apps may show it as it is.
        return NotLinked(error if re.fullmatch("[a-z_]{1,64}", error) else "unknown")
    if code:
        return Approval(link, CompleteLinkSession(link_code=code, completion_verifier=verifier))
    return Unknown(link)


def not_linked(error: ApiError) -> NotLinked:
    """Why a link could not be completed.

    Raises:
        ApiError: the link goes on, and `finish` can be called again with the same query.

    """
    if not isinstance(error, _ENDS) or error.retry_after is not None:
        raise error
    page = error.members.get("outcome_url")
    return NotLinked(error.code, page if isinstance(page, str) else None, error)


def standing(shown: LinkSession, user: str) -> NotLinked | str:
    """How a link session stands: the id of the account, or why there is none.

    The session may know only the visit of a page, and the address bar names any link, that of another user as well.
    """
    if shown.external_user_id != user:
        return NotLinked("not_started_here")
    if shown.status == "completed" and shown.account_id:
        return shown.account_id
    if shown.status == "denied":
        return NotLinked("access_denied")
    return NotLinked(shown.failure or str(shown.status))
