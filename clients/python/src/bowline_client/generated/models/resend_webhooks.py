from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ResendWebhooks")


@_attrs_define
class ResendWebhooks:
    """Body of `POST /v1/webhook-endpoints/{id}/resend`.

    Attributes:
        since (datetime.datetime): The events that happened at this time or later.
        accepted_too (bool | Unset): Whether those that were accepted are sent again as well; false if omitted.
    """

    since: datetime.datetime
    accepted_too: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        accepted_too = self.accepted_too

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "since": since,
            }
        )
        if accepted_too is not UNSET:
            field_dict["accepted_too"] = accepted_too

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        accepted_too = d.pop("accepted_too", UNSET)

        resend_webhooks = cls(
            since=since,
            accepted_too=accepted_too,
        )

        return resend_webhooks
