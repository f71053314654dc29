from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.account_status import AccountStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="AccountCheck")


@_attrs_define
class AccountCheck:
    """Response of `POST /v1/accounts/{id}/check`.

    Attributes:
        account_id (str):
        alive (bool): Whether the provider accepts the account's token.
        checked_at (datetime.datetime): When the account was checked.
        status (AccountStatus | str): Its status after the check; if the grant has ended, this is `needs_reauth`.
        reason (None | str | Unset): Why it is not alive, such as `refresh_token_revoked`. With `user_suspended`, the
            provider has suspended its user, which may be temporary.
    """

    account_id: str
    alive: bool
    checked_at: datetime.datetime
    status: AccountStatus | str
    reason: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account_id = self.account_id

        alive = self.alive

        checked_at = self.checked_at.isoformat()

        status: str
        if isinstance(self.status, AccountStatus):
            status = self.status.value
        else:
            status = self.status

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "account_id": account_id,
                "alive": alive,
                "checked_at": checked_at,
                "status": status,
            }
        )
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account_id = d.pop("account_id")

        alive = d.pop("alive")

        checked_at = datetime.datetime.fromisoformat(d.pop("checked_at"))

        def _parse_status(data: object) -> AccountStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = AccountStatus(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AccountStatus | str, data)

        status = _parse_status(d.pop("status"))

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        account_check = cls(
            account_id=account_id,
            alive=alive,
            checked_at=checked_at,
            status=status,
            reason=reason,
        )

        account_check.additional_properties = d
        return account_check

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
