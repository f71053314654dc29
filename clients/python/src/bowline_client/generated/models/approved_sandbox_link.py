from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ApprovedSandboxLink")


@_attrs_define
class ApprovedSandboxLink:
    """Response of `POST /v1/sandbox/link-sessions/{id}/approve`.

    Attributes:
        link_session_id (str):
        return_url (str): The address to which the user's browser would have been redirected: the session's return URL
            with `link_session`, and with
            `link_code` or `error`.
    """

    link_session_id: str
    return_url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        link_session_id = self.link_session_id

        return_url = self.return_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "link_session_id": link_session_id,
                "return_url": return_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        link_session_id = d.pop("link_session_id")

        return_url = d.pop("return_url")

        approved_sandbox_link = cls(
            link_session_id=link_session_id,
            return_url=return_url,
        )

        approved_sandbox_link.additional_properties = d
        return approved_sandbox_link

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
