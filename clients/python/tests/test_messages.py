"""Messages are believed only if they are signed, and secrets are not shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from bowline_client import Bowline, webhooks
from bowline_client.generated.models import AccessToken

SECRET = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
BODY = json.dumps(
    {
        "type": "account.needs_reauth",
        "id": "evt_1",
        "timestamp": "2026-11-30T12:00:00.000001Z",
        "data": {"account_id": "acct_1", "external_user_id": "ada", "reason": "expired", "number": 7},
    }
)


def headers(at: datetime, body: str = BODY) -> dict[str, str]:
    signature = Webhook(SECRET).sign("evt_1", at, body)
    return {"Webhook-Id": "evt_1", "Webhook-Timestamp": str(int(at.timestamp())), "Webhook-Signature": signature}


def test_a_signed_message_is_read() -> None:
    event = webhooks.verify(SECRET, BODY.encode(), headers(datetime.now(UTC)))
    assert (event.id, event.type, event.user, event.account_id) == ("evt_1", "account.needs_reauth", "ada", "acct_1")
    assert event.timestamp == datetime(2026, 11, 30, 12, 0, 0, 1, tzinfo=UTC)
    assert event.data["number"] == 7


def test_anything_else_is_refused() -> None:
    now = datetime.now(UTC)
    good = headers(now)
    for secret, body, said in (
        ("whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=", BODY, good),
        (SECRET, BODY.replace("ada", "eve"), good),
        (SECRET, BODY, headers(now - timedelta(minutes=6))),
        (SECRET, BODY, {}),
        (SECRET, BODY, {**good, "Webhook-Signature": "nonsense"}),
        (SECRET, BODY, {**good, "Webhook-Signature": "v1,!"}),
        (SECRET, b"\xff", good),
        (SECRET, "[]", headers(now, "[]")),
    ):
        with pytest.raises(webhooks.InvalidMessage):
            webhooks.verify(secret, body, said)


def test_secrets_are_not_shown() -> None:
    shown = repr(AccessToken("sl.u.secret", "acct_1", "dbid:1", [], "bearer"))
    assert shown.startswith("AccessToken(access_token=…, account_id='acct_1'")
    assert "secret" not in shown
    bowline = Bowline("https://bowline.example", "bwl_sk_secret")
    assert repr(bowline.calls) == "AuthenticatedClient('https://bowline.example')"
    assert "secret" not in repr(bowline)
