"""Messages of Standard Webhooks: verified by the official package, and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from standardwebhooks import Webhook, WebhookVerificationError

if TYPE_CHECKING:
    from collections.abc import Iterable


class InvalidMessage(Exception):
    """The message is not from Bowline, was altered, or is more than five minutes old: answer with 400."""


class Headers(Protocol):
    """The headers of a request, as every framework has them."""

    def items(self) -> Iterable[tuple[str, str]]:
        """All names with their values."""
        ...


@dataclass(frozen=True)
class Event:
    """What happened. The same event can come twice, with the same `id`."""

    id: str
    """`evt_…`: keep the ids of what you have handled."""
    type: str
    """Such as `account.needs_reauth`."""
    timestamp: datetime
    """When it happened."""
    data: dict[str, Any]
    """Ids, status and reason: see the tenant guide."""

    @property
    def user(self) -> str | None:
        """Your own name for the user, if the event is about a link or an account."""
        return self._text("external_user_id")

    @property
    def account_id(self) -> str | None:
        """The account, if there is one."""
        return self._text("account_id")

    @property
    def reason(self) -> str | None:
        """Why it happened, if there is more than one reason."""
        return self._text("reason")

    def _text(self, name: str) -> str | None:
        value = self.data.get(name)
        return value if isinstance(value, str) else None


def verify(secret: str, body: bytes | str, headers: Headers) -> Event:
    """The event in a message, after its signature was checked with the endpoint's `secret` (`whsec_…`).

    `body` is the request's body as it came, before anything has parsed it. While two secrets overlap, either will do.

    Raises:
        InvalidMessage: the message cannot be trusted.

    """
    try:
        message = Webhook(secret).verify(body, dict(headers.items()))
        return Event(
            id=message["id"],
            type=message["type"],
            timestamp=datetime.fromisoformat(message["timestamp"]),
            data=message["data"],
        )
    except (WebhookVerificationError, ValueError, KeyError, TypeError) as error:
        # The package lets a malformed signature through as a ValueError.
        raise InvalidMessage(str(error)) from error
