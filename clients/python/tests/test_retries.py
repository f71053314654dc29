"""What is repeated, when, and with which key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from bowline_client import ApiError, BowlineError, Retries, Unreachable
from bowline_client.errors import ConnectorBroken, DatabaseUnavailable, LinkInProgress, NeedsReauth, RateLimited

from .conftest import Script, problem, token

if TYPE_CHECKING:
    from collections.abc import Callable


def ask(script: Script, retries: Retries | None = None) -> str:
    return script.client(retries).token("ada").access_token


def ask_async(script: Script, retries: Retries | None = None) -> str:
    return asyncio.run(script.async_client(retries).token("ada")).access_token


both = pytest.mark.parametrize("asks", [ask, ask_async])


@both
def test_a_lost_answer_is_asked_for_again_with_the_same_key(asks: Callable[..., str]) -> None:
    script = Script(httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), token())
    assert asks(script) == "sl.u.x"
    keys = {call.headers["idempotency-key"] for call in script.calls}
    assert len(script.calls) == 3
    assert len(keys) == 1
    assert len(keys.pop()) == 36
    # The pauses grow.
    assert script.pauses[0] < script.pauses[1] < 1


@both
def test_each_call_has_a_key_of_its_own(asks: Callable[..., str]) -> None:
    script = Script(token(), token())
    asks(script)
    asks(script)
    assert len({call.headers["idempotency-key"] for call in script.calls}) == 2


@both
def test_a_call_waits_as_long_as_it_is_told(asks: Callable[..., str]) -> None:
    script = Script(problem(429, "rate_limited", after="2"), problem(503, "database_unavailable", after="1"), token())
    assert asks(script) == "sl.u.x"
    assert 2 <= script.pauses[0] < 2.3
    assert 1 <= script.pauses[1] < 1.3
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    script = Script(problem(503, "database_unavailable", after=date), token())
    assert asks(script) == "sl.u.x"
    assert 1 < script.pauses[0] < 3.3


@both
def test_a_long_pause_is_left_to_the_caller(asks: Callable[..., str]) -> None:
    script = Script(problem(503, "database_unavailable", after="3"), problem(503, "database_unavailable", after="3"))
    with pytest.raises(DatabaseUnavailable) as raised:
        asks(script)
    assert raised.value.retry_after == 3
    assert len(script.calls) == 2, "two pauses of three seconds are more than five"
    script = Script(problem(429, "rate_limited", after="30"))
    with pytest.raises(RateLimited) as limited:
        asks(script)
    assert limited.value.retry_after == 30
    assert script.pauses == []


@both
def test_the_attempts_are_counted(asks: Callable[..., str]) -> None:
    script = Script(*(httpx.ConnectError("refused") for _ in range(4)))
    with pytest.raises(Unreachable, match="ConnectError refused") as raised:
        asks(script, Retries(attempts=2))
    assert len(script.calls) == 2
    assert isinstance(raised.value.__cause__, httpx.ConnectError)


@both
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda: problem(409, "needs_reauth", account_id="acct_1"), NeedsReauth),
        (lambda: problem(502, "connector_broken"), ConnectorBroken),
        # Bowline's own 503 without a pause would be one that nobody has told.
        (lambda: problem(503, "something_new"), ApiError),
        (lambda: problem(400, "invalid_request", after="1"), ApiError),
    ],
)
def test_what_does_not_help_is_not_repeated(
    asks: Callable[..., str], answer: Callable[[], httpx.Response], kind: type[BowlineError]
) -> None:
    script = Script(answer())
    with pytest.raises(kind):
        asks(script)
    assert len(script.calls) == 1


@both
def test_a_proxy_without_a_server_is_asked_again(asks: Callable[..., str]) -> None:
    page = httpx.Response(503, html="<h1>503 Service Unavailable</h1>")
    assert asks(Script(page, token())) == "sl.u.x"
    with pytest.raises(ApiError) as raised:
        asks(Script(page, page, page))
    assert (raised.value.code, raised.value.status, raised.value.request_id) == ("http_503", 503, "")


@both
def test_what_is_not_bowline_is_not_believed(asks: Callable[..., str]) -> None:
    for answer in (
        httpx.Response(200, html="<h1>Hotel Wi-Fi</h1>"),
        httpx.Response(302, headers={"location": "/login"}),
    ):
        script = Script(answer)
        with pytest.raises(Unreachable, match="not Bowline's API"):
            asks(script)
        assert len(script.calls) == 1


def test_a_link_that_is_being_completed_is_asked_for_again() -> None:
    script = Script(
        problem(409, "link_in_progress"), problem(409, "link_in_progress"), problem(409, "link_in_progress")
    )
    with pytest.raises(LinkInProgress):
        ask(script)
    assert len(script.calls) == 3
