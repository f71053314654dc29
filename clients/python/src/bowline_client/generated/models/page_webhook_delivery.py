from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.total import Total
    from ..models.webhook_delivery import WebhookDelivery


T = TypeVar("T", bound="PageWebhookDelivery")


@_attrs_define
class PageWebhookDelivery:
    """One page of a list.

    Cursors are opaque. A page may have fewer rows than requested even though there are more: only a page without `next`
    is the last one. A cursor is valid only with the filter and sort order that it came from.

        Attributes:
            items (list[WebhookDelivery]): The rows, in the requested order.
            incomplete (bool | Unset): Whether a search ran out of time: there may be further rows, and there is no way to
                them but a longer text or more filters. Absent if false.
            next_ (None | str | Unset): Pass this as `cursor` to get the next page; absent on the last page.
            prev (None | str | Unset): Pass this as `cursor` to get the previous page; absent on the first page.
            total (None | Total | Unset):
            unknown_state (list[str] | Unset): Ids of rows that are left out of this page. Their state was written by a
                newer version of the server, which the replica that responds does not know. This occurs only during a rolling
                update.
    """

    items: list[WebhookDelivery]
    incomplete: bool | Unset = UNSET
    next_: None | str | Unset = UNSET
    prev: None | str | Unset = UNSET
    total: None | Total | Unset = UNSET
    unknown_state: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.total import Total  # noqa: PLC0415

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        incomplete = self.incomplete

        next_: None | str | Unset
        if isinstance(self.next_, Unset):
            next_ = UNSET
        else:
            next_ = self.next_

        prev: None | str | Unset
        if isinstance(self.prev, Unset):
            prev = UNSET
        else:
            prev = self.prev

        total: dict[str, Any] | None | Unset
        if isinstance(self.total, Unset):
            total = UNSET
        elif isinstance(self.total, Total):
            total = self.total.to_dict()
        else:
            total = self.total

        unknown_state: list[str] | Unset = UNSET
        if not isinstance(self.unknown_state, Unset):
            unknown_state = self.unknown_state

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
            }
        )
        if incomplete is not UNSET:
            field_dict["incomplete"] = incomplete
        if next_ is not UNSET:
            field_dict["next"] = next_
        if prev is not UNSET:
            field_dict["prev"] = prev
        if total is not UNSET:
            field_dict["total"] = total
        if unknown_state is not UNSET:
            field_dict["unknown_state"] = unknown_state

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.total import Total  # noqa: PLC0415
        from ..models.webhook_delivery import WebhookDelivery  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = WebhookDelivery.from_dict(items_item_data)

            items.append(items_item)

        incomplete = d.pop("incomplete", UNSET)

        def _parse_next_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_ = _parse_next_(d.pop("next", UNSET))

        def _parse_prev(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        prev = _parse_prev(d.pop("prev", UNSET))

        def _parse_total(data: object) -> None | Total | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                total_type_0 = Total.from_dict(data)

                return total_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Total | Unset, data)

        total = _parse_total(d.pop("total", UNSET))

        unknown_state = cast(list[str], d.pop("unknown_state", UNSET))

        page_webhook_delivery = cls(
            items=items,
            incomplete=incomplete,
            next_=next_,
            prev=prev,
            total=total,
            unknown_state=unknown_state,
        )

        page_webhook_delivery.additional_properties = d
        return page_webhook_delivery

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
