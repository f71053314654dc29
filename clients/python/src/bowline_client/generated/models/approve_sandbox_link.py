from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ApproveSandboxLink")


@_attrs_define
class ApproveSandboxLink:
    """Body of `POST /v1/sandbox/link-sessions/{id}/approve`.

    Attributes:
        decline (bool | Unset): Whether the user declines instead; false if omitted.
        user (None | str | Unset): The e-mail address of a user of the simulator, such as `amara@example.com`; a new
            user if omitted.
    """

    decline: bool | Unset = UNSET
    user: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        decline = self.decline

        user: None | str | Unset
        if isinstance(self.user, Unset):
            user = UNSET
        else:
            user = self.user

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if decline is not UNSET:
            field_dict["decline"] = decline
        if user is not UNSET:
            field_dict["user"] = user

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        decline = d.pop("decline", UNSET)

        def _parse_user(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user = _parse_user(d.pop("user", UNSET))

        approve_sandbox_link = cls(
            decline=decline,
            user=user,
        )

        return approve_sandbox_link
