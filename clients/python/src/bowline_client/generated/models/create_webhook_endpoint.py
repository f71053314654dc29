from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateWebhookEndpoint")


@_attrs_define
class CreateWebhookEndpoint:
    """Body of `POST /v1/webhook-endpoints`.

    Attributes:
        url (str): Where events are sent: https, on a host of the public internet; up to 1,000 characters.
        connector (None | str | Unset):
        events (list[str] | Unset): The types of events that it gets, such as `account.needs_reauth`; all if omitted or
            empty.
    """

    url: str
    connector: None | str | Unset = UNSET
    events: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        connector: None | str | Unset
        if isinstance(self.connector, Unset):
            connector = UNSET
        else:
            connector = self.connector

        events: list[str] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = self.events

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
            }
        )
        if connector is not UNSET:
            field_dict["connector"] = connector
        if events is not UNSET:
            field_dict["events"] = events

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        def _parse_connector(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        connector = _parse_connector(d.pop("connector", UNSET))

        events = cast(list[str], d.pop("events", UNSET))

        create_webhook_endpoint = cls(
            url=url,
            connector=connector,
            events=events,
        )

        return create_webhook_endpoint
