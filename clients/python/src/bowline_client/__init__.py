"""Bowline's client for Python: link your users' Dropbox accounts, and get tokens for them.

`Bowline` and `AsyncBowline` are the clients, `errors` has an exception for each error, `webhooks` verifies messages.
All other calls are in `generated.api`, with their types in `generated.models`.
"""

from . import errors, webhooks
from .answers import answer
from .client import AsyncBowline, Bowline
from .errors import (
    AccountRevoked,
    AccountSuspended,
    AmbiguousAccount,
    ApiError,
    BowlineError,
    NeedsReauth,
    NotFound,
    Unreachable,
)
from .generated.models import AccessToken, Account, OAuth1Token
from .links import Begun, Linked, NotLinked, Outcome
from .redacted import redact
from .transport import Retries

redact()

__all__ = [
    "AccessToken",
    "Account",
    "AccountRevoked",
    "AccountSuspended",
    "AmbiguousAccount",
    "ApiError",
    "AsyncBowline",
    "Begun",
    "Bowline",
    "BowlineError",
    "Linked",
    "NeedsReauth",
    "NotFound",
    "NotLinked",
    "OAuth1Token",
    "Outcome",
    "Retries",
    "Unreachable",
    "answer",
    "errors",
    "webhooks",
]
