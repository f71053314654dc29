"""What is asked for when a token is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from . import links
from .answers import answer
from .errors import WrongProtocol
from .generated.models import AccessToken, OAuth1Token, Problem, TokenRequest, UserTokenRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .errors import NeedsReauth


Answered = AccessToken | OAuth1Token | Problem | None
"""What a generated call for a token returns."""


class TokenOptions(TypedDict, total=False):
    """Options of a token."""

    connector: str
    """Only accounts of this connector; with `user` only."""
    min_ttl: int
    """The seconds for which the token must still be valid: 0 to 3,600; 300 if omitted."""
    scopes: Sequence[str]
    """Some of the account's scopes, for a token that permits nothing else."""
    return_url: str
    """With `session`: if the user must link again, `NeedsReauth.link_url` begins the link that leads back there."""
    session: links.Session
    """The user's session at your app, as for `begin`."""


@dataclass(frozen=True)
class Asked:
    """A call for a token."""

    user: str
    account: str | None
    body: dict[str, Any]
    verifier: str = field(repr=False)
    session: links.Session | None

    @property
    def account_body(self) -> TokenRequest:
        """The body of the call for an account."""
        return TokenRequest.from_dict(self.body)

    @property
    def user_body(self) -> UserTokenRequest:
        """The body of the call for a user."""
        return UserTokenRequest.from_dict(self.body)

    def keep(self, error: NeedsReauth) -> None:
        """Keeps the verifier of the link session that came with the refusal."""
        if self.session is not None:
            links.keep_offered(error, self.user, self.verifier, self.session)


def ask(user: str | None, account: str | None, options: TokenOptions) -> Asked:
    """The call for the token of a user or of an account.

    Raises:
        TypeError: both or neither were given, or `return_url` without `session`, or `connector` with `account`.

    """
    if (user is None) == (account is None):
        raise TypeError("ask for the token of a user or of an account")
    session, return_url = options.get("session"), options.get("return_url")
    if (session is None) != (return_url is None):
        raise TypeError("return_url and session belong together")
    if account is not None and options.get("connector") is not None:
        raise TypeError("an account has its own connector")
    own = ("connector", "min_ttl", "scopes")
    body: dict[str, Any] = {name: options.get(name) for name in own if options.get(name) is not None}
    verifier, challenge = links.new_verifier()
    if return_url is not None:
        body["relink"] = {"return_url": return_url, "completion_challenge": challenge}
    return Asked(user or "", account, body, verifier, session)


def of_oauth2(answered: Answered) -> AccessToken:
    """The token, if it is one of OAuth 2."""
    if isinstance(answered, OAuth1Token):
        raise WrongProtocol("the account was linked by OAuth 1: use oauth1_token")
    return answer(answered)


def of_oauth1(answered: Answered) -> OAuth1Token:
    """The token, if it is one of OAuth 1."""
    if isinstance(answered, AccessToken):
        raise WrongProtocol("the account was linked by OAuth 2: use token")
    return answer(answered)
