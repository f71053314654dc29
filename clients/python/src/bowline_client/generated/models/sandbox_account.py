from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sandbox_state import SandboxState

T = TypeVar("T", bound="SandboxAccount")


@_attrs_define
class SandboxAccount:
    """Response of `PUT /v1/sandbox/accounts/{id}/state`.

    Attributes:
        account_id (str):
        state (SandboxState | str): How the simulator of Dropbox behaves towards it.
    """

    account_id: str
    state: SandboxState | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account_id = self.account_id

        state: str
        if isinstance(self.state, SandboxState):
            state = self.state.value
        else:
            state = self.state

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "account_id": account_id,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account_id = d.pop("account_id")

        def _parse_state(data: object) -> SandboxState | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                state_type_0 = SandboxState(data)

                return state_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(SandboxState | str, data)

        state = _parse_state(d.pop("state"))

        sandbox_account = cls(
            account_id=account_id,
            state=state,
        )

        sandbox_account.additional_properties = d
        return sandbox_account

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
