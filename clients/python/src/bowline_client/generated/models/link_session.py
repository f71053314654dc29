from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.completion import Completion
from ..models.link_session_status import LinkSessionStatus
from ..models.required_role import RequiredRole
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.link_session_metadata import LinkSessionMetadata


T = TypeVar("T", bound="LinkSession")


@_attrs_define
class LinkSession:
    """Response of `GET /v1/link-sessions/{id}`.

    Attributes:
        connector_id (str):
        created_at (datetime.datetime): When the session was created.
        expires_at (datetime.datetime): When the session expires.
        external_user_id (str): The tenant's own name for its user.
        id (str):
        status (LinkSessionStatus | str): The session's state.
        account_id (None | str | Unset):
        completion (Completion | None | str | Unset):
        failure (None | str | Unset): Why it failed, such as `access_denied` or `answer_lost`; with status `failed` or
            `denied`. With status `authorizing`, why the last
            approval was not accepted: the user may still choose another account in the same session.
        force_reauthentication (bool | Unset): Whether the provider signs the user out first.
        locale (None | str | Unset): The requested language.
        metadata (LinkSessionMetadata | Unset): The tenant's own data.
        relink_account_id (None | str | Unset):
        require_role (None | RequiredRole | str | Unset):
        scopes (list[str] | Unset): The requested scopes.
        user_label (None | str | Unset): How the link pages call the user.
    """

    connector_id: str
    created_at: datetime.datetime
    expires_at: datetime.datetime
    external_user_id: str
    id: str
    status: LinkSessionStatus | str
    account_id: None | str | Unset = UNSET
    completion: Completion | None | str | Unset = UNSET
    failure: None | str | Unset = UNSET
    force_reauthentication: bool | Unset = UNSET
    locale: None | str | Unset = UNSET
    metadata: LinkSessionMetadata | Unset = UNSET
    relink_account_id: None | str | Unset = UNSET
    require_role: None | RequiredRole | str | Unset = UNSET
    scopes: list[str] | Unset = UNSET
    user_label: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        connector_id = self.connector_id

        created_at = self.created_at.isoformat()

        expires_at = self.expires_at.isoformat()

        external_user_id = self.external_user_id

        id = self.id

        status: str
        if isinstance(self.status, LinkSessionStatus):
            status = self.status.value
        else:
            status = self.status

        account_id: None | str | Unset
        if isinstance(self.account_id, Unset):
            account_id = UNSET
        else:
            account_id = self.account_id

        completion: None | str | Unset
        if isinstance(self.completion, Unset):
            completion = UNSET
        elif isinstance(self.completion, Completion):
            completion = self.completion.value
        else:
            completion = self.completion

        failure: None | str | Unset
        if isinstance(self.failure, Unset):
            failure = UNSET
        else:
            failure = self.failure

        force_reauthentication = self.force_reauthentication

        locale: None | str | Unset
        if isinstance(self.locale, Unset):
            locale = UNSET
        else:
            locale = self.locale

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        relink_account_id: None | str | Unset
        if isinstance(self.relink_account_id, Unset):
            relink_account_id = UNSET
        else:
            relink_account_id = self.relink_account_id

        require_role: None | str | Unset
        if isinstance(self.require_role, Unset):
            require_role = UNSET
        elif isinstance(self.require_role, RequiredRole):
            require_role = self.require_role.value
        else:
            require_role = self.require_role

        scopes: list[str] | Unset = UNSET
        if not isinstance(self.scopes, Unset):
            scopes = self.scopes

        user_label: None | str | Unset
        if isinstance(self.user_label, Unset):
            user_label = UNSET
        else:
            user_label = self.user_label

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "connector_id": connector_id,
                "created_at": created_at,
                "expires_at": expires_at,
                "external_user_id": external_user_id,
                "id": id,
                "status": status,
            }
        )
        if account_id is not UNSET:
            field_dict["account_id"] = account_id
        if completion is not UNSET:
            field_dict["completion"] = completion
        if failure is not UNSET:
            field_dict["failure"] = failure
        if force_reauthentication is not UNSET:
            field_dict["force_reauthentication"] = force_reauthentication
        if locale is not UNSET:
            field_dict["locale"] = locale
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if relink_account_id is not UNSET:
            field_dict["relink_account_id"] = relink_account_id
        if require_role is not UNSET:
            field_dict["require_role"] = require_role
        if scopes is not UNSET:
            field_dict["scopes"] = scopes
        if user_label is not UNSET:
            field_dict["user_label"] = user_label

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.link_session_metadata import LinkSessionMetadata  # noqa: PLC0415

        d = dict(src_dict)
        connector_id = d.pop("connector_id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        external_user_id = d.pop("external_user_id")

        id = d.pop("id")

        def _parse_status(data: object) -> LinkSessionStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = LinkSessionStatus(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LinkSessionStatus | str, data)

        status = _parse_status(d.pop("status"))

        def _parse_account_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account_id = _parse_account_id(d.pop("account_id", UNSET))

        def _parse_completion(data: object) -> Completion | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completion_type_0_type_0 = Completion(data)

                return completion_type_0_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Completion | None | str | Unset, data)

        completion = _parse_completion(d.pop("completion", UNSET))

        def _parse_failure(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        failure = _parse_failure(d.pop("failure", UNSET))

        force_reauthentication = d.pop("force_reauthentication", UNSET)

        def _parse_locale(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: LinkSessionMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = LinkSessionMetadata.from_dict(_metadata)

        def _parse_relink_account_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        relink_account_id = _parse_relink_account_id(d.pop("relink_account_id", UNSET))

        def _parse_require_role(data: object) -> None | RequiredRole | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                require_role_type_0_type_0 = RequiredRole(data)

                return require_role_type_0_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RequiredRole | str | Unset, data)

        require_role = _parse_require_role(d.pop("require_role", UNSET))

        scopes = cast(list[str], d.pop("scopes", UNSET))

        def _parse_user_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_label = _parse_user_label(d.pop("user_label", UNSET))

        link_session = cls(
            connector_id=connector_id,
            created_at=created_at,
            expires_at=expires_at,
            external_user_id=external_user_id,
            id=id,
            status=status,
            account_id=account_id,
            completion=completion,
            failure=failure,
            force_reauthentication=force_reauthentication,
            locale=locale,
            metadata=metadata,
            relink_account_id=relink_account_id,
            require_role=require_role,
            scopes=scopes,
            user_label=user_label,
        )

        link_session.additional_properties = d
        return link_session

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
