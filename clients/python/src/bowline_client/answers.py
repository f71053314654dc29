"""What a generated call returns, without what these clients raise."""

from __future__ import annotations

from typing import TypeVar, cast

from .errors import Unreachable
from .generated.models import Problem

T = TypeVar("T")


def answer(value: T | Problem | None) -> T:
    """The success of a generated call, whose refusals are raised before they come here.

    It is none if the call answers nothing, such as the removal of a webhook endpoint.
    """
    if isinstance(value, Problem):
        raise Unreachable(f"{value.code}: {value.detail}")
    return cast("T", value)
