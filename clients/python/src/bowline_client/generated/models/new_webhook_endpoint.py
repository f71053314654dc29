from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_state import WebhookState
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewWebhookEndpoint")


@_attrs_define
class NewWebhookEndpoint:
    """An endpoint with a new secret, which is never shown again.

    Attributes:
        created_at (datetime.datetime): When it was created.
        events (list[str]): The types of events that it gets; all if empty.
        id (str):
        state (str | WebhookState): Whether it is told of events.
        url (str): Where events are sent.
        secret (str): `whsec_…`: give it to a library of Standard Webhooks as it is.
        connector_id (None | str | Unset):
        failing_since (datetime.datetime | None | Unset): Since when no delivery was accepted although some were tried;
            absent if the last one was accepted.
        old_secret_expires_at (datetime.datetime | None | Unset): When the oldest of several valid secrets stops being
            used; absent if there is one only.
        state_reason (None | str | Unset): Why it is disabled: `requested`, `gone` if it answered 410, `failing` if
            nothing was accepted for ten days, or `integrity_error` if what is
            stored about it was edited.
    """

    created_at: datetime.datetime
    events: list[str]
    id: str
    state: str | WebhookState
    url: str
    secret: str
    connector_id: None | str | Unset = UNSET
    failing_since: datetime.datetime | None | Unset = UNSET
    old_secret_expires_at: datetime.datetime | None | Unset = UNSET
    state_reason: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        events = self.events

        id = self.id

        state: str
        if isinstance(self.state, WebhookState):
            state = self.state.value
        else:
            state = self.state

        url = self.url

        secret = self.secret

        connector_id: None | str | Unset
        if isinstance(self.connector_id, Unset):
            connector_id = UNSET
        else:
            connector_id = self.connector_id

        failing_since: None | str | Unset
        if isinstance(self.failing_since, Unset):
            failing_since = UNSET
        elif isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        old_secret_expires_at: None | str | Unset
        if isinstance(self.old_secret_expires_at, Unset):
            old_secret_expires_at = UNSET
        elif isinstance(self.old_secret_expires_at, datetime.datetime):
            old_secret_expires_at = self.old_secret_expires_at.isoformat()
        else:
            old_secret_expires_at = self.old_secret_expires_at

        state_reason: None | str | Unset
        if isinstance(self.state_reason, Unset):
            state_reason = UNSET
        else:
            state_reason = self.state_reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "events": events,
                "id": id,
                "state": state,
                "url": url,
                "secret": secret,
            }
        )
        if connector_id is not UNSET:
            field_dict["connector_id"] = connector_id
        if failing_since is not UNSET:
            field_dict["failing_since"] = failing_since
        if old_secret_expires_at is not UNSET:
            field_dict["old_secret_expires_at"] = old_secret_expires_at
        if state_reason is not UNSET:
            field_dict["state_reason"] = state_reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        events = cast(list[str], d.pop("events"))

        id = d.pop("id")

        def _parse_state(data: object) -> str | WebhookState:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                state_type_0 = WebhookState(data)

                return state_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(str | WebhookState, data)

        state = _parse_state(d.pop("state"))

        url = d.pop("url")

        secret = d.pop("secret")

        def _parse_connector_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        connector_id = _parse_connector_id(d.pop("connector_id", UNSET))

        def _parse_failing_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        failing_since = _parse_failing_since(d.pop("failing_since", UNSET))

        def _parse_old_secret_expires_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                old_secret_expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return old_secret_expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        old_secret_expires_at = _parse_old_secret_expires_at(d.pop("old_secret_expires_at", UNSET))

        def _parse_state_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        state_reason = _parse_state_reason(d.pop("state_reason", UNSET))

        new_webhook_endpoint = cls(
            created_at=created_at,
            events=events,
            id=id,
            state=state,
            url=url,
            secret=secret,
            connector_id=connector_id,
            failing_since=failing_since,
            old_secret_expires_at=old_secret_expires_at,
            state_reason=state_reason,
        )

        new_webhook_endpoint.additional_properties = d
        return new_webhook_endpoint

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
