from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.relink import Relink


T = TypeVar("T", bound="UserTokenRequest")


@_attrs_define
class UserTokenRequest:
    """Body of `POST /v1/users/{external_user_id}/token`; optional.

    Attributes:
        connector (None | str | Unset):
        min_ttl (int | None | Unset): The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if
            omitted.
        relink (None | Relink | Unset):
        scopes (list[str] | None | Unset): Some of the account's scopes, for a token limited to them; all scopes if
            omitted. A scope that the account does not have is `invalid_field`.
    """

    connector: None | str | Unset = UNSET
    min_ttl: int | None | Unset = UNSET
    relink: None | Relink | Unset = UNSET
    scopes: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.relink import Relink  # noqa: PLC0415

        connector: None | str | Unset
        if isinstance(self.connector, Unset):
            connector = UNSET
        else:
            connector = self.connector

        min_ttl: int | None | Unset
        if isinstance(self.min_ttl, Unset):
            min_ttl = UNSET
        else:
            min_ttl = self.min_ttl

        relink: dict[str, Any] | None | Unset
        if isinstance(self.relink, Unset):
            relink = UNSET
        elif isinstance(self.relink, Relink):
            relink = self.relink.to_dict()
        else:
            relink = self.relink

        scopes: list[str] | None | Unset
        if isinstance(self.scopes, Unset):
            scopes = UNSET
        elif isinstance(self.scopes, list):
            scopes = self.scopes

        else:
            scopes = self.scopes

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if connector is not UNSET:
            field_dict["connector"] = connector
        if min_ttl is not UNSET:
            field_dict["min_ttl"] = min_ttl
        if relink is not UNSET:
            field_dict["relink"] = relink
        if scopes is not UNSET:
            field_dict["scopes"] = scopes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.relink import Relink  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_connector(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        connector = _parse_connector(d.pop("connector", UNSET))

        def _parse_min_ttl(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        min_ttl = _parse_min_ttl(d.pop("min_ttl", UNSET))

        def _parse_relink(data: object) -> None | Relink | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                relink_type_0 = Relink.from_dict(data)

                return relink_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Relink | Unset, data)

        relink = _parse_relink(d.pop("relink", UNSET))

        def _parse_scopes(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                scopes_type_0 = cast(list[str], data)

                return scopes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        scopes = _parse_scopes(d.pop("scopes", UNSET))

        user_token_request = cls(
            connector=connector,
            min_ttl=min_ttl,
            relink=relink,
            scopes=scopes,
        )

        return user_token_request
