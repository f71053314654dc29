from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.sign_request_body_params import SignRequestBodyParams


T = TypeVar("T", bound="SignRequest")


@_attrs_define
class SignRequest:
    """Body of `POST /v1/accounts/{id}/sign`: a request of OAuth 1 that the app itself will send.

    Attributes:
        method (str): The HTTP method.
        url (str): The URL with its query, exactly as it will be sent. It must be at one of the connector's own origins.
        body_params (SignRequestBodyParams | Unset): The fields of the form body, if the body is a form
            (`application/x-www-form-urlencoded`).
    """

    method: str
    url: str
    body_params: SignRequestBodyParams | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        method = self.method

        url = self.url

        body_params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.body_params, Unset):
            body_params = self.body_params.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "method": method,
                "url": url,
            }
        )
        if body_params is not UNSET:
            field_dict["body_params"] = body_params

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sign_request_body_params import SignRequestBodyParams  # noqa: PLC0415

        d = dict(src_dict)
        method = d.pop("method")

        url = d.pop("url")

        _body_params = d.pop("body_params", UNSET)
        body_params: SignRequestBodyParams | Unset
        if isinstance(_body_params, Unset):
            body_params = UNSET
        else:
            body_params = SignRequestBodyParams.from_dict(_body_params)

        sign_request = cls(
            method=method,
            url=url,
            body_params=body_params,
        )

        return sign_request
