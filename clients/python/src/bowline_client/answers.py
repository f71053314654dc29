"""What a generated call returns, without what these clients raise."""

from __future__ import annotations

from typing import TypeVar

from .errors import Unreachable
from .generated.models import Problem

T = TypeVar("T")


def answer(value: T | Problem | None) -> T:
    """The success of a generated call, whose refusals are raised before they come here."""
    if value is None or isinstance(value, Problem):
        raise Unreachable("the answer has a status that the call does not know")
    return value
