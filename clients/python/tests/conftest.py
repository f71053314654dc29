"""Fixtures: a server that answers from a script, and the real one, whose address the environment has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bowline_client import AsyncBowline, Bowline, Retries

from .person import Person
from .world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

URL = "https://link.example.com"


class Script:
    """Answers calls from a list, and keeps the calls and the pauses between them."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[httpx.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, retries: Retries | None = None) -> Bowline:
        return Bowline(URL, "key", retries=retries, transport=httpx.MockTransport(self), sleep=self.pauses.append)

    def async_client(self, retries: Retries | None = None) -> AsyncBowline:
        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        return AsyncBowline(URL, "key", retries=retries, transport=httpx.MockTransport(self), sleep=sleep)


def problem(status: int, code: str, *, after: str | None = None, **members: Any) -> httpx.Response:
    """A problem document."""
    document = {"type": "", "title": "", "status": status, "code": code, "detail": "why", "request_id": "r1", **members}
    headers = {"content-type": "application/problem+json"} | ({"retry-after": after} if after is not None else {})
    return httpx.Response(status, json=document, headers=headers)


def token() -> httpx.Response:
    """A token of OAuth 2."""
    return httpx.Response(
        200,
        json={
            "access_token": "sl.u.x",
            "token_type": "bearer",
            "scopes": ["account_info.read"],
            "account_id": "acct_1",
            "provider_account_id": "dbid:1",
            "expires_at": "2026-11-30T12:00:00.000001Z",
        },
    )


@pytest.fixture(scope="session")
def world() -> World:
    """The real server, started by the tests in Rust."""
    if "BOWLINE_URL" not in os.environ:
        pytest.skip("there is no server: `cargo verify` starts one")
    return World.from_env()


@pytest.fixture
def bowline(world: World) -> Iterator[Bowline]:
    """A client of the real server."""
    with Bowline(world.bowline, world.api_key) as client:
        yield client


@pytest.fixture
def person(world: World) -> Callable[[str], Person]:
    """Makes an end user with a browser of their own."""
    return lambda email: Person(world, email)
