from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="FireSandboxEvent")


@_attrs_define
class FireSandboxEvent:
    """Body of `POST /v1/sandbox/events`.

    Attributes:
        subject (str): The id of what the event is about: an account, a link session, a connector or, for
            `endpoint.test`, an endpoint.
        type_ (str): A type of the tenant guide's table, such as `account.needs_reauth`.
    """

    subject: str
    type_: str

    def to_dict(self) -> dict[str, Any]:
        subject = self.subject

        type_ = self.type_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "subject": subject,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        subject = d.pop("subject")

        type_ = d.pop("type")

        fire_sandbox_event = cls(
            subject=subject,
            type_=type_,
        )

        return fire_sandbox_event
