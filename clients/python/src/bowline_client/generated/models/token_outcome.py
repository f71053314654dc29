from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.access_token import AccessToken
    from ..models.o_auth_1_token import OAuth1Token
    from ..models.problem import Problem


T = TypeVar("T", bound="TokenOutcome")


@_attrs_define
class TokenOutcome:
    """The outcome for one account: a token or a problem.

    Attributes:
        account_id (str):
        problem (None | Problem | Unset):
        token (AccessToken | None | OAuth1Token | Unset):
    """

    account_id: str
    problem: None | Problem | Unset = UNSET
    token: AccessToken | None | OAuth1Token | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.access_token import AccessToken  # noqa: PLC0415
        from ..models.o_auth_1_token import OAuth1Token  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        account_id = self.account_id

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, Problem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        token: dict[str, Any] | None | Unset
        if isinstance(self.token, Unset):
            token = UNSET
        elif isinstance(self.token, AccessToken):
            token = self.token.to_dict()
        elif isinstance(self.token, OAuth1Token):
            token = self.token.to_dict()
        else:
            token = self.token

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "account_id": account_id,
            }
        )
        if problem is not UNSET:
            field_dict["problem"] = problem
        if token is not UNSET:
            field_dict["token"] = token

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.access_token import AccessToken  # noqa: PLC0415
        from ..models.o_auth_1_token import OAuth1Token  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        d = dict(src_dict)
        account_id = d.pop("account_id")

        def _parse_problem(data: object) -> None | Problem | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                problem_type_0 = Problem.from_dict(data)

                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Problem | Unset, data)

        problem = _parse_problem(d.pop("problem", UNSET))

        def _parse_token(data: object) -> AccessToken | None | OAuth1Token | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_token_type_0 = AccessToken.from_dict(data)

                return componentsschemas_token_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_token_type_1 = OAuth1Token.from_dict(data)

                return componentsschemas_token_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AccessToken | None | OAuth1Token | Unset, data)

        token = _parse_token(d.pop("token", UNSET))

        token_outcome = cls(
            account_id=account_id,
            problem=problem,
            token=token,
        )

        token_outcome.additional_properties = d
        return token_outcome

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
