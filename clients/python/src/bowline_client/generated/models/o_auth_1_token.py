from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OAuth1Token")


@_attrs_define
class OAuth1Token:
    """An access token of OAuth 1.0 or 1.0a that works now. It is valid until somebody ends the link.

    Attributes:
        account_id (str):
        oauth_token (str): Sent with each request. Do not store it; request it again instead.
        oauth_token_secret (str): Signs requests, together with the app secret, and is never sent.
        provider_account_id (str): The provider's id of the account.
    """

    account_id: str
    oauth_token: str
    oauth_token_secret: str
    provider_account_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account_id = self.account_id

        oauth_token = self.oauth_token

        oauth_token_secret = self.oauth_token_secret

        provider_account_id = self.provider_account_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "account_id": account_id,
                "oauth_token": oauth_token,
                "oauth_token_secret": oauth_token_secret,
                "provider_account_id": provider_account_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account_id = d.pop("account_id")

        oauth_token = d.pop("oauth_token")

        oauth_token_secret = d.pop("oauth_token_secret")

        provider_account_id = d.pop("provider_account_id")

        o_auth_1_token = cls(
            account_id=account_id,
            oauth_token=oauth_token,
            oauth_token_secret=oauth_token_secret,
            provider_account_id=provider_account_id,
        )

        o_auth_1_token.additional_properties = d
        return o_auth_1_token

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
