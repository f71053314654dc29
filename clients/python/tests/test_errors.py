"""Each error of the tenant guide has its exception, and each exception stands in the guide."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from bowline_client import ApiError, errors

from .conftest import Script, problem

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "tenant-guide.md"


def codes_of_the_guide() -> set[str]:
    section = GUIDE.read_text().partition("\n## 5. When there is no token\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| [\d, ]+ \| ([`a-z_, ]+) \|", section, re.MULTILINE)
    return {code for row in rows for code in re.findall("[a-z_]+", row)}


def test_the_guide_and_the_exceptions_have_the_same_codes() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ApiError)]
    codes = {kind.code for kind in kinds} - {""}
    assert len(codes) == len(kinds) - 1
    assert codes == codes_of_the_guide()


def test_members_are_read() -> None:
    link = {"id": "ls_1", "url": "https://link.example.com/link/x", "expires_at": "2026-11-30T12:00:00Z"}
    answer = problem(
        409, "needs_reauth", reason="expired", account_id="acct_1", external_user_id="ada", link_session=link
    )
    with pytest.raises(errors.NeedsReauth) as raised:
        Script(answer).client().token("ada")
    error = raised.value
    assert (error.reason, error.account_id, error.external_user_id) == ("expired", "acct_1", "ada")
    assert error.link_url == link["url"]
    assert str(error) == "needs_reauth: why (r1)"
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(copy), copy.members, copy.status) == (errors.NeedsReauth, error.members, 409)
    with pytest.raises(errors.AmbiguousAccount) as several:
        Script(problem(409, "ambiguous_account", account_ids=["acct_2", "acct_1"])).client().token("ada")
    assert several.value.account_ids == ["acct_2", "acct_1"]


def test_an_unknown_code_is_an_error_too() -> None:
    with pytest.raises(ApiError) as raised:
        Script(problem(409, "of_tomorrow")).client().token("ada")
    assert type(raised.value) is ApiError
    assert raised.value.code == "of_tomorrow"
