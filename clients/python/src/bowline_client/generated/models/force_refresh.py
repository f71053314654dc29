from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ForceRefresh")


@_attrs_define
class ForceRefresh:
    """Body of `POST /v1/accounts/{id}/token/refresh`; optional.

    Attributes:
        min_ttl (int | None | Unset): The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if
            omitted.
    """

    min_ttl: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        min_ttl: int | None | Unset
        if isinstance(self.min_ttl, Unset):
            min_ttl = UNSET
        else:
            min_ttl = self.min_ttl

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if min_ttl is not UNSET:
            field_dict["min_ttl"] = min_ttl

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_min_ttl(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        min_ttl = _parse_min_ttl(d.pop("min_ttl", UNSET))

        force_refresh = cls(
            min_ttl=min_ttl,
        )

        return force_refresh
