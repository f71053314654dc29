from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateManageSession")


@_attrs_define
class CreateManageSession:
    """Body of `POST /v1/manage-sessions`.

    Attributes:
        external_user_id (str): The tenant's own name for its user, as in link sessions. The page shows the accounts of
            this user, of all connectors.
        return_url (str): Where the browser is returned to, with `manage_session` as a parameter: as in link sessions.
            Origin and path must be registered with the connector.
        completion_challenge (None | str | Unset): The SHA-256 of a verifier, as in link sessions. If the user links an
            account again on the page, the link session has this challenge, and you complete it. Without it, the page offers
            no such link for connectors that need one.
        connector (None | str | Unset):
        locale (None | str | Unset): The language of the page: a language tag (BCP 47) such as `pt-BR`, of at most 35
            characters. The default is the browser's language.
        user_label (None | str | Unset): How the page calls the user, such as `ada@acme.example`, in place of
            `external_user_id`: 1 to 200 characters.
    """

    external_user_id: str
    return_url: str
    completion_challenge: None | str | Unset = UNSET
    connector: None | str | Unset = UNSET
    locale: None | str | Unset = UNSET
    user_label: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        external_user_id = self.external_user_id

        return_url = self.return_url

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

        locale: None | str | Unset
        if isinstance(self.locale, Unset):
            locale = UNSET
        else:
            locale = self.locale

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
        if completion_challenge is not UNSET:
            field_dict["completion_challenge"] = completion_challenge
        if connector is not UNSET:
            field_dict["connector"] = connector
        if locale is not UNSET:
            field_dict["locale"] = locale
        if user_label is not UNSET:
            field_dict["user_label"] = user_label

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        external_user_id = d.pop("external_user_id")

        return_url = d.pop("return_url")

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

        def _parse_locale(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        def _parse_user_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_label = _parse_user_label(d.pop("user_label", UNSET))

        create_manage_session = cls(
            external_user_id=external_user_id,
            return_url=return_url,
            completion_challenge=completion_challenge,
            connector=connector,
            locale=locale,
            user_label=user_label,
        )

        return create_manage_session
