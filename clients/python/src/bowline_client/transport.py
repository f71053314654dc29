"""HTTP clients that repeat a call when that helps, and raise the exception that belongs to a refusal."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import anyio
import httpx

from .errors import ApiError, BowlineError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_BAD_REQUEST = 400
# What says that the call may be repeated if it comes from Bowline with `Retry-After`.
_REPEATED_IF_TOLD = {408, 409, 429, 502, 503}
# What a proxy before Bowline says when no server is there.
_OF_PROXIES = {502, 503, 504}


@dataclass(frozen=True)
class Retries:
    """How a call is repeated after a lost answer, and after an answer that says when to repeat it (`Retry-After`).

    No call is repeated sooner than it says. If that would take longer than `patience`, the error is raised at once,
    and its `retry_after` says when to try again.
    """

    attempts: int = 3
    """How often a call is sent at most."""
    patience: float = 5.0
    """How many seconds a call waits at most, all pauses together, besides the time in which it is answered."""

    def pause(self, number: int, told: float | None, waited: float) -> float | None:
        """How many seconds to wait after the attempt with this number (from 1); none if it was the last one.

        `told` is what the answer asked for. A random part keeps the clients of a crowd apart.
        """
        if number >= self.attempts:
            return None
        least = 0.1 * 2**number if told is None else told
        pause = least + random.uniform(0, 0.25)  # noqa: S311 (no secret)
        return pause if waited + pause <= self.patience else None


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which may also be a date (RFC 9110, 10.2.3)."""
    told = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _refusal(response: httpx.Response) -> ApiError:
    """What a status from 400 on means."""
    told = _retry_after(response)
    try:
        members = response.json()
    except ValueError:
        members = None
    if not isinstance(members, dict) or "code" not in members:
        detail = "the answer comes from something before Bowline, such as a proxy"
        members = {"code": f"http_{response.status_code}", "detail": detail}
    return ApiError.of(members, status=response.status_code, retry_after=told)


def _may_be_repeated(error: ApiError) -> bool:
    if error.retry_after is not None:
        return error.status in _REPEATED_IF_TOLD
    return error.code == "link_in_progress" or (not error.request_id and error.status in _OF_PROXIES)


def _judge(response: httpx.Response) -> BowlineError | None:
    """The error that an answer means."""
    if response.status_code >= _BAD_REQUEST:
        return _refusal(response)
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if response.is_redirect or (response.content and kind != "application/json"):
        said = f"{response.status_code} {kind}".rstrip()
        return Unreachable(f"{response.request.url.host} answers {said}, which is not Bowline's API")
    return None


class _Attempts:
    """The attempts of one call."""

    def __init__(self, retries: Retries, request: httpx.Request) -> None:
        self._retries = retries
        self._number = 0
        self._waited = 0.0
        if request.method == "POST":
            # One key for all attempts, so that a repeated call is not carried out twice.
            request.headers.setdefault("Idempotency-Key", str(uuid.uuid4()))

    def after_answer(self, response: httpx.Response) -> float | None:
        """How many seconds to wait before the next attempt; none if the call has succeeded."""
        error = _judge(response)
        if error is None:
            return None
        if not isinstance(error, ApiError) or not _may_be_repeated(error):
            raise error
        return self._pause(error, error.retry_after)

    def after_loss(self, lost: httpx.TransportError) -> float:
        """How many seconds to wait before the next attempt after one without an answer."""
        error = Unreachable(f"Bowline does not answer: {type(lost).__name__} {lost}".rstrip())
        error.__cause__ = lost
        return self._pause(error, None)

    def _pause(self, error: BowlineError, told: float | None) -> float:
        self._number += 1
        pause = self._retries.pause(self._number, told, self._waited)
        if pause is None:
            raise error
        self._waited += pause
        return pause


class RetryingClient(httpx.Client):
    """An HTTP client whose answers are successes. Everything else is raised, after attempts as `retries` says."""

    def __init__(self, *, retries: Retries, sleep: Callable[[float], None] = time.sleep, **options: Any) -> None:
        """Takes the options of `httpx.Client` besides its own."""
        super().__init__(**options)
        self._retries = retries
        self._sleep = sleep

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Sends a request until it succeeds, or cannot."""
        attempts = _Attempts(self._retries, request)
        while True:
            try:
                response = super().send(request, **options)
            except httpx.TransportError as lost:
                pause: float | None = attempts.after_loss(lost)
            else:
                pause = attempts.after_answer(response)
            if pause is None:
                return response
            self._sleep(pause)


class AsyncRetryingClient(httpx.AsyncClient):
    """The same for `async` code."""

    def __init__(
        self, *, retries: Retries, sleep: Callable[[float], Awaitable[None]] = anyio.sleep, **options: Any
    ) -> None:
        """Takes the options of `httpx.AsyncClient` besides its own."""
        super().__init__(**options)
        self._retries = retries
        self._sleep = sleep

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Sends a request until it succeeds, or cannot."""
        attempts = _Attempts(self._retries, request)
        while True:
            try:
                response = await super().send(request, **options)
            except httpx.TransportError as lost:
                pause: float | None = attempts.after_loss(lost)
            else:
                pause = attempts.after_answer(response)
            if pause is None:
                return response
            await self._sleep(pause)
