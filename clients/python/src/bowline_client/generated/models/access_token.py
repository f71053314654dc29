from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AccessToken")


@_attrs_define
class AccessToken:
    """An access token that works now.

    Attributes:
        access_token (str): Send it to the provider as `Authorization: Bearer`. Do not store it; request it again
            instead.
        account_id (str):
        provider_account_id (str): The provider's id of the account.
        scopes (list[str]): The scopes of the token.
        token_type (str): `bearer`.
        degraded (bool | Unset): Present and true if a refresh was due but failed. The token is valid, but for less time
            than requested.
        expires_at (datetime.datetime | None | Unset): When the provider stops accepting it. Absent if the token has no
            expiry.
    """

    access_token: str
    account_id: str
    provider_account_id: str
    scopes: list[str]
    token_type: str
    degraded: bool | Unset = UNSET
    expires_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        access_token = self.access_token

        account_id = self.account_id

        provider_account_id = self.provider_account_id

        scopes = self.scopes

        token_type = self.token_type

        degraded = self.degraded

        expires_at: None | str | Unset
        if isinstance(self.expires_at, Unset):
            expires_at = UNSET
        elif isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "access_token": access_token,
                "account_id": account_id,
                "provider_account_id": provider_account_id,
                "scopes": scopes,
                "token_type": token_type,
            }
        )
        if degraded is not UNSET:
            field_dict["degraded"] = degraded
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        access_token = d.pop("access_token")

        account_id = d.pop("account_id")

        provider_account_id = d.pop("provider_account_id")

        scopes = cast(list[str], d.pop("scopes"))

        token_type = d.pop("token_type")

        degraded = d.pop("degraded", UNSET)

        def _parse_expires_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        expires_at = _parse_expires_at(d.pop("expires_at", UNSET))

        access_token = cls(
            access_token=access_token,
            account_id=account_id,
            provider_account_id=provider_account_id,
            scopes=scopes,
            token_type=token_type,
            degraded=degraded,
            expires_at=expires_at,
        )

        access_token.additional_properties = d
        return access_token

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
