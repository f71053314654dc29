"""Keeps what is secret out of logs and error reports, where objects are shown by `repr`."""

from __future__ import annotations

from typing import Any

import attrs

from .generated import models
from .generated.client import AuthenticatedClient

_SECRET = {
    "access_token",
    "oauth_token",
    "oauth_token_secret",
    "url",
    "secret",
    "link_code",
    "completion_verifier",
}
_HOLDERS = (
    "AccessToken",
    "CompleteLinkSession",
    "NewLinkSession",
    "NewManageSession",
    "NewWebhookEndpoint",
    "OAuth1Token",
)


def _shown(self: Any) -> str:
    """Like the `repr` of attrs, with an ellipsis for what is secret."""
    names = [field.name for field in attrs.fields(type(self)) if field.name != "additional_properties"]
    values = ("…" if name in _SECRET else repr(getattr(self, name)) for name in names)
    members = ", ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
    return f"{type(self).__name__}({members})"


def _shown_client(self: Any) -> str:
    """Without the API key, and without headers and arguments, which may have it as well."""
    return f"{type(self).__name__}({self._base_url!r})"


def redact() -> None:
    """Gives the generated types that hold secrets a `repr` without them."""
    client: Any = AuthenticatedClient
    client.__repr__ = _shown_client
    for name in _HOLDERS:
        holder = getattr(models, name, None)
        if holder is not None:
            holder.__repr__ = _shown
