"""`Bowline` and `AsyncBowline`: the calls that an app makes, with what no generator can know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self, Unpack

import httpx

from . import links, tokens
from .answers import answer
from .errors import ApiError, NeedsReauth
from .generated import AuthenticatedClient
from .generated.api.accounts import accounts_show
from .generated.api.link_sessions import link_sessions_complete, link_sessions_create, link_sessions_show
from .generated.api.manage_sessions import manage_sessions_create
from .generated.api.tokens import tokens_for_account, tokens_for_user
from .links import Approval, Begun, Linked, LinkOptions, ManageOptions, NotLinked, Outcome, Query, Session
from .transport import AsyncRetryingClient, Retries, RetryingClient

if TYPE_CHECKING:
    from types import TracebackType

    from .generated.models import AccessToken, OAuth1Token
    from .tokens import Answered, TokenOptions

# A call may wait for a change for 30 seconds.
_TIMEOUT = httpx.Timeout(40, connect=5)


class _Base:
    """What both clients have."""

    calls: AuthenticatedClient
    """For the generated calls: `answer(accounts_list.sync(client=bowline.calls, external_user_id="ada"))`."""

    def __init__(self, url: str, api_key: str) -> None:
        self.calls = AuthenticatedClient(base_url=url.rstrip("/"), token=api_key, raise_on_unexpected_status=True)
        self._options: dict[str, Any] = {
            "base_url": url.rstrip("/"),
            "headers": {"Authorization": f"Bearer {api_key}"},
            "timeout": _TIMEOUT,
        }

    @classmethod
    def from_env(cls) -> Self:
        """A client with the variables `BOWLINE_URL` and `BOWLINE_API_KEY`."""
        return cls(os.environ["BOWLINE_URL"], os.environ["BOWLINE_API_KEY"])


class Bowline(_Base):
    """Bowline for one tenant. Keep one for the whole process: it is safe to use in several threads."""

    def __init__(self, url: str, api_key: str, *, retries: Retries | None = None, **options: Any) -> None:
        """Takes Bowline's address, an API key of the back end, and options of `httpx.Client`."""
        super().__init__(url, api_key)
        client = RetryingClient(retries=retries or Retries(), **{**self._options, **options})
        self.calls.set_httpx_client(client)
        self._client = client

    def begin(self, user: str, return_url: str, session: Session, **options: Unpack[LinkOptions]) -> Begun:
        """Begins a link for `user`, your own name for the user who is signed in: redirect the browser to its `url`.

        Keeps what `finish` needs in `session`, the user's session at your app. Its cookie needs `SameSite=Lax`.
        `return_url` is as it is registered with the connector. With `account_id`, that account is linked again.
        """
        verifier, challenge = links.new_verifier()
        body = links.wanted(user, return_url, challenge, options)
        made = answer(link_sessions_create.sync(client=self.calls, body=body))
        return links.begun(made, user, verifier, session)

    def manage(self, user: str, return_url: str, session: Session, **options: Unpack[ManageOptions]) -> Begun:
        """Opens the page on which `user` sees and ends their links: redirect the browser to its `url` (303).

        The way back is the one of links, so `finish` serves both.
        """
        verifier, challenge = links.new_verifier()
        body = links.wanted_page(user, return_url, challenge, options)
        made = answer(manage_sessions_create.sync(client=self.calls, body=body))
        return links.begun(made, user, verifier, session)

    def finish(self, user: str, query: Query, session: Session) -> Outcome:
        """What became of the link with which the browser comes to your return URL.

        `query` has the parameters of the request, `user` is who is signed in now. A link that this session did not
        begin for this user is never completed. The call may be repeated: a browser may come back twice.

        Raises:
            BowlineError: nothing is decided yet; the user may load the page again.

        """
        found = links.read(user, query, session)
        if isinstance(found, NotLinked):
            return found
        if isinstance(found, Approval):
            try:
                complete = link_sessions_complete.sync(found.id, client=self.calls, body=found.body)
            except ApiError as error:
                return links.not_linked(error)
            return Linked(answer(complete))
        standing = links.standing(answer(link_sessions_show.sync(found.id, client=self.calls)), user)
        if isinstance(standing, NotLinked):
            return standing
        return Linked(answer(accounts_show.sync(standing, client=self.calls)))

    def token(
        self, user: str | None = None, *, account: str | None = None, **options: Unpack[TokenOptions]
    ) -> AccessToken:
        """A token that works now, of `user` or of one `account`. Do not store it; ask again.

        Raises:
            NotFound: the user has linked nothing.
            NeedsReauth: the user must link again.
            AmbiguousAccount: the user has linked several accounts; ask for one of its `account_ids`.
            BowlineError: see the tenant guide.

        """
        return tokens.of_oauth2(self._token(user, account, options))

    def oauth1_token(
        self, user: str | None = None, *, account: str | None = None, **options: Unpack[TokenOptions]
    ) -> OAuth1Token:
        """Like `token`, for accounts that were linked by OAuth 1.0 or 1.0a."""
        return tokens.of_oauth1(self._token(user, account, options))

    def _token(self, user: str | None, account: str | None, options: TokenOptions) -> Answered:
        asked = tokens.ask(user, account, options)
        try:
            if asked.account is not None:
                body = asked.account_body
                return tokens_for_account.sync(asked.account, client=self.calls, body=body)
            return tokens_for_user.sync(asked.user, client=self.calls, body=asked.user_body)
        except NeedsReauth as error:
            asked.keep(error)
            raise

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        """Closes the connections at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the connections."""
        self.close()


class AsyncBowline(_Base):
    """The same for `async` code. Keep one for each event loop."""

    def __init__(self, url: str, api_key: str, *, retries: Retries | None = None, **options: Any) -> None:
        """Takes Bowline's address, an API key of the back end, and options of `httpx.AsyncClient`."""
        super().__init__(url, api_key)
        client = AsyncRetryingClient(retries=retries or Retries(), **{**self._options, **options})
        self.calls.set_async_httpx_client(client)
        self._client = client

    async def begin(self, user: str, return_url: str, session: Session, **options: Unpack[LinkOptions]) -> Begun:
        """See `Bowline.begin`."""
        verifier, challenge = links.new_verifier()
        body = links.wanted(user, return_url, challenge, options)
        made = answer(await link_sessions_create.asyncio(client=self.calls, body=body))
        return links.begun(made, user, verifier, session)

    async def manage(self, user: str, return_url: str, session: Session, **options: Unpack[ManageOptions]) -> Begun:
        """See `Bowline.manage`."""
        verifier, challenge = links.new_verifier()
        body = links.wanted_page(user, return_url, challenge, options)
        made = answer(await manage_sessions_create.asyncio(client=self.calls, body=body))
        return links.begun(made, user, verifier, session)

    async def finish(self, user: str, query: Query, session: Session) -> Outcome:
        """See `Bowline.finish`."""
        found = links.read(user, query, session)
        if isinstance(found, NotLinked):
            return found
        if isinstance(found, Approval):
            try:
                complete = await link_sessions_complete.asyncio(found.id, client=self.calls, body=found.body)
            except ApiError as error:
                return links.not_linked(error)
            return Linked(answer(complete))
        standing = links.standing(answer(await link_sessions_show.asyncio(found.id, client=self.calls)), user)
        if isinstance(standing, NotLinked):
            return standing
        return Linked(answer(await accounts_show.asyncio(standing, client=self.calls)))

    async def token(
        self, user: str | None = None, *, account: str | None = None, **options: Unpack[TokenOptions]
    ) -> AccessToken:
        """See `Bowline.token`."""
        return tokens.of_oauth2(await self._token(user, account, options))

    async def oauth1_token(
        self, user: str | None = None, *, account: str | None = None, **options: Unpack[TokenOptions]
    ) -> OAuth1Token:
        """See `Bowline.oauth1_token`."""
        return tokens.of_oauth1(await self._token(user, account, options))

    async def _token(self, user: str | None, account: str | None, options: TokenOptions) -> Answered:
        asked = tokens.ask(user, account, options)
        try:
            if asked.account is not None:
                body = asked.account_body
                return await tokens_for_account.asyncio(asked.account, client=self.calls, body=body)
            return await tokens_for_user.asyncio(asked.user, client=self.calls, body=asked.user_body)
        except NeedsReauth as error:
            asked.keep(error)
            raise

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        """Closes the connections at the end of the block."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the connections."""
        await self.close()
