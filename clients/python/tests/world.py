"""The world around the client in tests against the real server: the simulated Dropbox and a receiver of webhooks."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class World:
    """Addresses of what the tests in Rust have started."""

    bowline: str
    api_key: str
    dropbox: str
    app_key: str
    return_url: str
    message: dict[str, Any]
    """A message that was sent to a webhook endpoint: secret, headers and body."""

    @classmethod
    def from_env(cls) -> World:
        """Reads the addresses from the environment."""
        return cls(
            bowline=os.environ["BOWLINE_URL"],
            api_key=os.environ["BOWLINE_API_KEY"],
            dropbox=os.environ["DROPBOX_SIM_URL"],
            app_key=os.environ["APP_KEY"],
            return_url=os.environ["RETURN_URL"],
            message=json.loads(os.environ["MESSAGE"]),
        )

    def simulate(self, method: str, path: str, **body: Any) -> Any:
        """Calls the simulated Dropbox's control API."""
        answer = httpx.request(method, f"{self.dropbox}/sim/{path}", json=body or None, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def disconnect(self, provider_account_id: str) -> None:
        """The user disconnects the app at Dropbox."""
        self.simulate("POST", "disconnect", app_key=self.app_key, account_id=provider_account_id)
        self.simulate("POST", "expire")
