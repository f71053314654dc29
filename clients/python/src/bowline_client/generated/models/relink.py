from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Relink")


@_attrs_define
class Relink:
    """Describes the link session that a `needs_reauth` response contains as its member `link_session`. The API key also
    needs the permission `link`. If no session could be created, the member `link_session_error` says why.

        Attributes:
            return_url (str): Where the browser is redirected back to; origin and path must be registered with the
                connector.
            completion_challenge (None | str | Unset): The SHA-256 of a verifier, as for `POST /v1/link-sessions`.
    """

    return_url: str
    completion_challenge: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        return_url = self.return_url

        completion_challenge: None | str | Unset
        if isinstance(self.completion_challenge, Unset):
            completion_challenge = UNSET
        else:
            completion_challenge = self.completion_challenge

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "return_url": return_url,
            }
        )
        if completion_challenge is not UNSET:
            field_dict["completion_challenge"] = completion_challenge

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        return_url = d.pop("return_url")

        def _parse_completion_challenge(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        completion_challenge = _parse_completion_challenge(d.pop("completion_challenge", UNSET))

        relink = cls(
            return_url=return_url,
            completion_challenge=completion_challenge,
        )

        return relink
