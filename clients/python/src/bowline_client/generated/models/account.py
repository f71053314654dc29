from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.account_status import AccountStatus
from ..models.assurance import Assurance
from ..models.protocol import Protocol
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.account_metadata import AccountMetadata


T = TypeVar("T", bound="Account")


@_attrs_define
class Account:
    """A linked account.

    Attributes:
        assurance (Assurance | str): How certain it is that the right person approved.
        connector_id (str):
        display_name (str): The display name that the provider reported when the account was linked.
        email (str): The e-mail address that the provider reported when the account was linked.
        external_user_id (str): The tenant's own name for its user.
        id (str):
        linked_at (datetime.datetime): When the account was first linked.
        provider (str): The provider: `dropbox`.
        provider_account_id (str): The provider's id of the account, such as `dbid:…`.
        scopes (list[str]): Scopes that were granted.
        status (AccountStatus | str): Whether tokens are available.
        updated_at (datetime.datetime): When the account was last linked, changed or refreshed.
        last_used_at (datetime.datetime | None | Unset): When a token was last issued, or up to an hour before: it is
            stored again only when an hour has passed.
        metadata (AccountMetadata | Unset): The tenant's own data, as given with the last link.
        missing_scopes (list[str] | Unset): Scopes that were requested but not granted.
        protocol (Protocol | str | Unset): The protocol by which the account was linked last.
        sandbox (bool | Unset): Present and true in a sandbox: the account is at the simulator of Dropbox.
        status_reason (None | str | Unset): Why it is not active: the provider's reason, such as
            `refresh_token_revoked`, or `suspended_by_operator`, `revoked_by_tenant`,
            `revoked_by_user`, `revoked_by_operator` or `foreign_browser`. Operators see what they wrote instead.
        user_label (None | str | Unset): How the tenant calls its user on the link pages, as given with the last link.
    """

    assurance: Assurance | str
    connector_id: str
    display_name: str
    email: str
    external_user_id: str
    id: str
    linked_at: datetime.datetime
    provider: str
    provider_account_id: str
    scopes: list[str]
    status: AccountStatus | str
    updated_at: datetime.datetime
    last_used_at: datetime.datetime | None | Unset = UNSET
    metadata: AccountMetadata | Unset = UNSET
    missing_scopes: list[str] | Unset = UNSET
    protocol: Protocol | str | Unset = UNSET
    sandbox: bool | Unset = UNSET
    status_reason: None | str | Unset = UNSET
    user_label: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        assurance: str
        if isinstance(self.assurance, Assurance):
            assurance = self.assurance.value
        else:
            assurance = self.assurance

        connector_id = self.connector_id

        display_name = self.display_name

        email = self.email

        external_user_id = self.external_user_id

        id = self.id

        linked_at = self.linked_at.isoformat()

        provider = self.provider

        provider_account_id = self.provider_account_id

        scopes = self.scopes

        status: str
        if isinstance(self.status, AccountStatus):
            status = self.status.value
        else:
            status = self.status

        updated_at = self.updated_at.isoformat()

        last_used_at: None | str | Unset
        if isinstance(self.last_used_at, Unset):
            last_used_at = UNSET
        elif isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
            last_used_at = self.last_used_at

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        missing_scopes: list[str] | Unset = UNSET
        if not isinstance(self.missing_scopes, Unset):
            missing_scopes = self.missing_scopes

        protocol: str | Unset
        if isinstance(self.protocol, Unset):
            protocol = UNSET
        elif isinstance(self.protocol, Protocol):
            protocol = self.protocol.value
        else:
            protocol = self.protocol

        sandbox = self.sandbox

        status_reason: None | str | Unset
        if isinstance(self.status_reason, Unset):
            status_reason = UNSET
        else:
            status_reason = self.status_reason

        user_label: None | str | Unset
        if isinstance(self.user_label, Unset):
            user_label = UNSET
        else:
            user_label = self.user_label

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "assurance": assurance,
                "connector_id": connector_id,
                "display_name": display_name,
                "email": email,
                "external_user_id": external_user_id,
                "id": id,
                "linked_at": linked_at,
                "provider": provider,
                "provider_account_id": provider_account_id,
                "scopes": scopes,
                "status": status,
                "updated_at": updated_at,
            }
        )
        if last_used_at is not UNSET:
            field_dict["last_used_at"] = last_used_at
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if missing_scopes is not UNSET:
            field_dict["missing_scopes"] = missing_scopes
        if protocol is not UNSET:
            field_dict["protocol"] = protocol
        if sandbox is not UNSET:
            field_dict["sandbox"] = sandbox
        if status_reason is not UNSET:
            field_dict["status_reason"] = status_reason
        if user_label is not UNSET:
            field_dict["user_label"] = user_label

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.account_metadata import AccountMetadata  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_assurance(data: object) -> Assurance | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                assurance_type_0 = Assurance(data)

                return assurance_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Assurance | str, data)

        assurance = _parse_assurance(d.pop("assurance"))

        connector_id = d.pop("connector_id")

        display_name = d.pop("display_name")

        email = d.pop("email")

        external_user_id = d.pop("external_user_id")

        id = d.pop("id")

        linked_at = datetime.datetime.fromisoformat(d.pop("linked_at"))

        provider = d.pop("provider")

        provider_account_id = d.pop("provider_account_id")

        scopes = cast(list[str], d.pop("scopes"))

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

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_last_used_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: AccountMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = AccountMetadata.from_dict(_metadata)

        missing_scopes = cast(list[str], d.pop("missing_scopes", UNSET))

        def _parse_protocol(data: object) -> Protocol | str | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                protocol_type_0 = Protocol(data)

                return protocol_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Protocol | str | Unset, data)

        protocol = _parse_protocol(d.pop("protocol", UNSET))

        sandbox = d.pop("sandbox", UNSET)

        def _parse_status_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        status_reason = _parse_status_reason(d.pop("status_reason", UNSET))

        def _parse_user_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_label = _parse_user_label(d.pop("user_label", UNSET))

        account = cls(
            assurance=assurance,
            connector_id=connector_id,
            display_name=display_name,
            email=email,
            external_user_id=external_user_id,
            id=id,
            linked_at=linked_at,
            provider=provider,
            provider_account_id=provider_account_id,
            scopes=scopes,
            status=status,
            updated_at=updated_at,
            last_used_at=last_used_at,
            metadata=metadata,
            missing_scopes=missing_scopes,
            protocol=protocol,
            sandbox=sandbox,
            status_reason=status_reason,
            user_label=user_label,
        )

        account.additional_properties = d
        return account

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
