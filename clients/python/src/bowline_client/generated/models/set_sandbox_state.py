from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.sandbox_state import SandboxState

T = TypeVar("T", bound="SetSandboxState")


@_attrs_define
class SetSandboxState:
    """Body of `PUT /v1/sandbox/accounts/{id}/state`.

    Attributes:
        state (SandboxState): How the simulator of Dropbox behaves towards an account of a sandbox.

            - `healthy`: As Dropbox usually does.
            - `dead_grant`: The user has disconnected the app: the grant is dead, and its tokens with it. Linking the
            account again revives it.
            - `user_suspended`: Dropbox has suspended the user: API calls answer `user_suspended`.
            - `missing_scope`: The grant lacks a scope: calls for files answer `missing_scope`.
            - `rate_limited`: Every call is answered with 429 and `Retry-After: 1`.
            - `broken_app`: Dropbox rejects the app's key and secret, for all accounts of the connector, until one of them
            is healthy again.
            - `slow`: Every call takes three seconds.
    """

    state: SandboxState

    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = SandboxState(d.pop("state"))

        set_sandbox_state = cls(
            state=state,
        )

        return set_sandbox_state
