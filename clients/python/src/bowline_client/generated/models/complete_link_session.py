from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="CompleteLinkSession")


@_attrs_define
class CompleteLinkSession:
    """Body of `POST /v1/link-sessions/{id}/complete`.

    Attributes:
        completion_verifier (str): The verifier whose SHA-256 was the `completion_challenge` of the session.
        link_code (str): The `link_code` with which the browser returned: `bwl_lc_…`.
    """

    completion_verifier: str
    link_code: str

    def to_dict(self) -> dict[str, Any]:
        completion_verifier = self.completion_verifier

        link_code = self.link_code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "completion_verifier": completion_verifier,
                "link_code": link_code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        completion_verifier = d.pop("completion_verifier")

        link_code = d.pop("link_code")

        complete_link_session = cls(
            completion_verifier=completion_verifier,
            link_code=link_code,
        )

        return complete_link_session
