"""Only the session that began a link for a user completes it for that user."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bowline_client import Begun, Linked, NotLinked
from bowline_client.errors import ProviderUnavailable, RateLimited

from .conftest import Script, problem

RETURN_URL = "https://photos.example/linked"
ACCOUNT = {
    "id": "acct_1",
    "external_user_id": "ada",
    "connector_id": "conn_1",
    "provider": "dropbox",
    "provider_account_id": "dbid:1",
    "email": "ada@example.com",
    "display_name": "Ada",
    "status": "of_tomorrow",
    "scopes": [],
    "assurance": "confirmed",
    "linked_at": "2026-11-30T12:00:00Z",
    "updated_at": "2026-11-30T12:00:00Z",
}


def made(number: int) -> httpx.Response:
    url = f"https://link.example.com/link/secret-{number}"
    return httpx.Response(201, json={"id": f"ls_{number:03}", "url": url, "expires_at": "2026-11-30T12:00:00Z"})


def begun(session: dict[str, Any], user: str = "ada", number: int = 1) -> Begun:
    return Script(made(number)).client().begin(user, RETURN_URL, session)


def refused(session: dict[str, Any], user: str, query: dict[str, str]) -> NotLinked:
    """The outcome, for which nothing may be asked."""
    outcome = Script().client().finish(user, query, session)
    assert isinstance(outcome, NotLinked)
    return outcome


QUERY = {"link_session": "ls_001", "link_code": "bwl_lc_x"}


def test_a_link_is_completed_with_the_verifier_of_its_session() -> None:
    session: dict[str, Any] = {"user": "ada"}
    link = begun(session)
    assert link.url not in repr(link)
    script = Script(httpx.Response(200, json=ACCOUNT), httpx.Response(200, json=ACCOUNT))
    for _ in range(2):
        outcome = script.client().finish("ada", QUERY, session)
        assert isinstance(outcome, Linked)
        assert outcome.account.id == "acct_1"
        assert outcome.account.status == "of_tomorrow", "a state that only a newer server knows is no error"
    assert script.calls[0].url.path == "/v1/link-sessions/ls_001/complete"
    verifier = session["bowline_links"]["ls_001"][1]
    assert f'"completion_verifier":"{verifier}"' in script.calls[0].content.decode()


def test_a_link_of_another_session_or_user_is_not_completed() -> None:
    session: dict[str, Any] = {}
    begun(session)
    assert refused({}, "ada", QUERY).reason == "not_started_here"
    assert refused(session, "mallory", QUERY).reason == "not_started_here"
    assert refused(session, "ada", {**QUERY, "link_session": "ls_002"}).reason == "not_started_here"
    assert refused(session, "ada", {}).reason == "not_started_here"
    # Whoever forges an error of a foreign link changes nothing, either.
    forged = {"link_session": "ls_002", "error": "access_denied"}
    assert refused(session, "ada", forged).reason == "not_started_here"
    session["bowline_links"] = "not ours"
    assert refused(session, "ada", QUERY).reason == "not_started_here"


def test_tabs_do_not_disturb_each_other_and_the_cookie_stays_small() -> None:
    session: dict[str, Any] = {}
    for number in range(1, 12):
        begun(session, number=number)
    kept = session["bowline_links"]
    assert list(kept) == [f"ls_{number:03}" for number in range(4, 12)]
    assert len({verifier for _, verifier in kept.values()}) == 8
    before = session["bowline_links"]
    begun(session, number=12)
    assert session["bowline_links"] is not before, "a changed value is set, so that the session is saved"


def test_who_declines_is_told_so() -> None:
    session: dict[str, Any] = {}
    begun(session)
    outcome = refused(session, "ada", {"link_session": "ls_001", "error": "access_denied"})
    assert outcome.declined
    assert not refused(session, "ada", {"link_session": "ls_001", "error": "link_expired"}).declined
    assert refused(session, "ada", {"link_session": "ls_001", "error": "<script>"}).reason == "unknown"


def test_an_end_has_a_page_and_trouble_is_no_end() -> None:
    session: dict[str, Any] = {}
    begun(session)
    page = "https://link.example.com/link/t/outcome/ls_001"
    script = Script(problem(409, "account_mismatch", outcome_url=page), problem(403, "completion_refused"))
    outcome = script.client().finish("ada", QUERY, session)
    assert isinstance(outcome, NotLinked)
    assert (outcome.reason, outcome.page) == ("account_mismatch", page)
    assert outcome.error is not None
    refusal = script.client().finish("ada", QUERY, session)
    assert isinstance(refusal, NotLinked)
    assert (refusal.reason, refusal.page) == ("completion_refused", None)
    for trouble, kind in (("provider_unavailable", ProviderUnavailable), ("rate_limited", RateLimited)):
        with pytest.raises(kind):
            Script(problem(503, trouble, after="60")).client().finish("ada", QUERY, session)


def test_without_an_outcome_bowline_is_asked() -> None:
    session: dict[str, Any] = {}
    begun(session)
    shown = {
        "id": "ls_001",
        "status": "completed",
        "account_id": "acct_1",
        "external_user_id": "ada",
        "connector_id": "conn_1",
        "created_at": "2026-11-30T12:00:00Z",
        "expires_at": "2026-11-30T12:00:00Z",
    }
    script = Script(httpx.Response(200, json=shown), httpx.Response(200, json=ACCOUNT))
    assert isinstance(script.client().finish("ada", {"link_session": "ls_001"}, session), Linked)
    open_still = {**shown, "status": "authorizing", "account_id": None}
    outcome = Script(httpx.Response(200, json=open_still)).client().finish("ada", {"link_session": "ls_001"}, session)
    assert outcome == NotLinked("authorizing")
    # Who knows the id of another user's link learns nothing of it by the visit of their own page.
    session["bowline_links"]["ms_001"] = session["bowline_links"]["ls_001"]
    foreign = Script(httpx.Response(200, json={**shown, "id": "ls_002", "external_user_id": "bob"}))
    query = {"manage_session": "ms_001", "link_session": "ls_002"}
    assert foreign.client().finish("ada", query, session) == NotLinked("not_started_here")


def test_the_page_with_the_links_leads_back_like_a_link() -> None:
    session: dict[str, Any] = {}
    made = httpx.Response(201, json={"id": "ms_001", "url": "https://x.example", "expires_at": "2026-11-30T12:00:00Z"})
    assert Script(made).client().manage("ada", RETURN_URL, session).id == "ms_001"
    assert refused(session, "ada", {"manage_session": "ms_001"}).reason == "back"
    script = Script(httpx.Response(200, json=ACCOUNT))
    query = {"manage_session": "ms_001", "link_session": "ls_009", "link_code": "bwl_lc_x"}
    assert isinstance(script.client().finish("ada", query, session), Linked)
    assert refused(session, "ada", {**query, "link_session": "../tokens"}).reason == "not_started_here"


def test_a_refused_token_brings_a_link() -> None:
    session: dict[str, Any] = {}
    link = {"id": "ls_001", "url": "https://link.example.com/link/x", "expires_at": "2026-11-30T12:00:00Z"}
    script = Script(problem(409, "needs_reauth", account_id="acct_1", external_user_id="ada", link_session=link))
    with pytest.raises(Exception, match="needs_reauth"):
        script.client().token(account="acct_1", return_url=RETURN_URL, session=session)
    assert session["bowline_links"]["ls_001"][0] == "ada"
    script = Script(httpx.Response(200, json=ACCOUNT))
    assert isinstance(script.client().finish("ada", QUERY, session), Linked)
    for wrong in ({}, {"user": "ada", "account": "acct_1"}, {"user": "ada", "return_url": RETURN_URL}):
        with pytest.raises(TypeError):
            Script().client().token(**wrong)  # type: ignore[arg-type]
