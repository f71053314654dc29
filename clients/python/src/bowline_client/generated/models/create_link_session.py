from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.completion import Completion
from ..models.required_role import RequiredRole
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.create_link_session_metadata_type_0 import (
        CreateLinkSessionMetadataType0,
    )


T = TypeVar("T", bound="CreateLinkSession")


@_attrs_define
class CreateLinkSession:
    """Body of `POST /v1/link-sessions`.

    Attributes:
        external_user_id (str): The tenant's own name for its user: 1 to 256 bytes, compared byte for byte. It must not
            contain a control character, and no part between slashes may be `.` or `..`.
        return_url (str): Where the browser is redirected back to: an https URL (or http on a loopback address) of at
            most 2,000 ASCII characters. Origin and path must be registered with the connector.
        account_id (None | str | Unset):
        completion (Completion | None | Unset):
        completion_challenge (None | str | Unset): The SHA-256 of a verifier, as base64url without padding (43
            characters). The verifier stays in the user's session at the tenant. Required unless the connector completes in
            the browser.
        connector (None | str | Unset):
        force_reauthentication (bool | None | Unset): Whether the provider signs the user out first, so that they can
            choose another account. The default is true with `account_id` and false otherwise. OAuth 1 has nothing like it.
        locale (None | str | Unset): The language of the link pages and of the provider's: a language tag (BCP 47) such
            as `pt-BR`, of at most 35 characters. The default is the browser's language.
        metadata (CreateLinkSessionMetadataType0 | None | Unset): The tenant's own data, which the linked account shows:
            up to 16 pairs with names of 1 to 40 and values of at most 500 characters. No secrets: operators see it. The
            default with `account_id` is the account's own.
        require_role (None | RequiredRole | Unset):
        scopes (list[str] | None | Unset): Scopes to request: some of the connector's. `account_info.read` is always
            added. The default is the connector's scopes for a new link and, with `account_id`, the account's `scopes` and
            `missing_scopes`.
        user_label (None | str | Unset): How the link pages call the user, such as `ada@acme.example`, in place of
            `external_user_id`: 1 to 200 characters, none of them invisible or a control character. It is kept with the
            account. The default with `account_id` is the account's own.
    """

    external_user_id: str
    return_url: str
    account_id: None | str | Unset = UNSET
    completion: Completion | None | Unset = UNSET
    completion_challenge: None | str | Unset = UNSET
    connector: None | str | Unset = UNSET
    force_reauthentication: bool | None | Unset = UNSET
    locale: None | str | Unset = UNSET
    metadata: CreateLinkSessionMetadataType0 | None | Unset = UNSET
    require_role: None | RequiredRole | Unset = UNSET
    scopes: list[str] | None | Unset = UNSET
    user_label: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.create_link_session_metadata_type_0 import (
            CreateLinkSessionMetadataType0,  # noqa: PLC0415
        )

        external_user_id = self.external_user_id

        return_url = self.return_url

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

        completion_challenge: None | str | Unset
        if isinstance(self.completion_challenge, Unset):
            completion_challenge = UNSET
        else:
            completion_challenge = self.completion_challenge

        connector: None | str | Unset
        if isinstance(self.connector, Unset):
            connector = UNSET
        else:
            connector = self.connector

        force_reauthentication: bool | None | Unset
        if isinstance(self.force_reauthentication, Unset):
            force_reauthentication = UNSET
        else:
            force_reauthentication = self.force_reauthentication

        locale: None | str | Unset
        if isinstance(self.locale, Unset):
            locale = UNSET
        else:
            locale = self.locale

        metadata: dict[str, Any] | None | Unset
        if isinstance(self.metadata, Unset):
            metadata = UNSET
        elif isinstance(self.metadata, CreateLinkSessionMetadataType0):
            metadata = self.metadata.to_dict()
        else:
            metadata = self.metadata

        require_role: None | str | Unset
        if isinstance(self.require_role, Unset):
            require_role = UNSET
        elif isinstance(self.require_role, RequiredRole):
            require_role = self.require_role.value
        else:
            require_role = self.require_role

        scopes: list[str] | None | Unset
        if isinstance(self.scopes, Unset):
            scopes = UNSET
        elif isinstance(self.scopes, list):
            scopes = self.scopes

        else:
            scopes = self.scopes

        user_label: None | str | Unset
        if isinstance(self.user_label, Unset):
            user_label = UNSET
        else:
            user_label = self.user_label

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "external_user_id": external_user_id,
                "return_url": return_url,
            }
        )
        if account_id is not UNSET:
            field_dict["account_id"] = account_id
        if completion is not UNSET:
            field_dict["completion"] = completion
        if completion_challenge is not UNSET:
            field_dict["completion_challenge"] = completion_challenge
        if connector is not UNSET:
            field_dict["connector"] = connector
        if force_reauthentication is not UNSET:
            field_dict["force_reauthentication"] = force_reauthentication
        if locale is not UNSET:
            field_dict["locale"] = locale
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if require_role is not UNSET:
            field_dict["require_role"] = require_role
        if scopes is not UNSET:
            field_dict["scopes"] = scopes
        if user_label is not UNSET:
            field_dict["user_label"] = user_label

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.create_link_session_metadata_type_0 import (
            CreateLinkSessionMetadataType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        external_user_id = d.pop("external_user_id")

        return_url = d.pop("return_url")

        def _parse_account_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account_id = _parse_account_id(d.pop("account_id", UNSET))

        def _parse_completion(data: object) -> Completion | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completion_type_0 = Completion(data)

                return completion_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Completion | None | Unset, data)

        completion = _parse_completion(d.pop("completion", UNSET))

        def _parse_completion_challenge(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        completion_challenge = _parse_completion_challenge(d.pop("completion_challenge", UNSET))

        def _parse_connector(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        connector = _parse_connector(d.pop("connector", UNSET))

        def _parse_force_reauthentication(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        force_reauthentication = _parse_force_reauthentication(d.pop("force_reauthentication", UNSET))

        def _parse_locale(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        def _parse_metadata(data: object) -> CreateLinkSessionMetadataType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metadata_type_0 = CreateLinkSessionMetadataType0.from_dict(data)

                return metadata_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CreateLinkSessionMetadataType0 | None | Unset, data)

        metadata = _parse_metadata(d.pop("metadata", UNSET))

        def _parse_require_role(data: object) -> None | RequiredRole | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                require_role_type_0 = RequiredRole(data)

                return require_role_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RequiredRole | Unset, data)

        require_role = _parse_require_role(d.pop("require_role", UNSET))

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

        def _parse_user_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_label = _parse_user_label(d.pop("user_label", UNSET))

        create_link_session = cls(
            external_user_id=external_user_id,
            return_url=return_url,
            account_id=account_id,
            completion=completion,
            completion_challenge=completion_challenge,
            connector=connector,
            force_reauthentication=force_reauthentication,
            locale=locale,
            metadata=metadata,
            require_role=require_role,
            scopes=scopes,
            user_label=user_label,
        )

        return create_link_session
