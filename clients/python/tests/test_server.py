"""The client with the real server and the simulated Dropbox: a test for each thing that a tenant does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from bowline_client import (
    AccessToken,
    AsyncBowline,
    Bowline,
    Linked,
    NeedsReauth,
    NotFound,
    NotLinked,
    Unreachable,
    answer,
    errors,
    webhooks,
)
from bowline_client.generated.api.accounts import accounts_check, accounts_delete, accounts_list
from bowline_client.generated.api.link_sessions import link_sessions_show
from bowline_client.generated.api.tokens import tokens_force
from bowline_client.generated.api.webhooks import (
    webhook_endpoints_create,
    webhook_endpoints_list,
    webhook_endpoints_remove,
)
from bowline_client.generated.models import CreateWebhookEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from .person import Person
    from .world import World

    Persons = Callable[[str], Person]


def link(bowline: Bowline, world: World, someone: Person, user: str, session: dict[str, Any]) -> Linked:
    begun = bowline.begin(user, world.return_url, session)
    outcome = bowline.finish(user, someone.approves(begun.url), session)
    assert isinstance(outcome, Linked), outcome
    return outcome


def test_from_the_button_to_a_token_and_to_the_next_link(bowline: Bowline, world: World, person: Persons) -> None:
    # A name that has to be encoded in a path.
    user, session, someone = f"ada/β %2F {uuid4()}", dict[str, Any](), person("amara@example.com")
    with pytest.raises(NotFound) as unknown:
        bowline.token(user)
    assert unknown.value.request_id
    account = link(bowline, world, someone, user, session).account
    assert (account.external_user_id, account.email, account.status) == (user, "amara@example.com", "active")
    token = bowline.token(user, min_ttl=600)
    assert token.account_id == account.id
    assert token.access_token not in repr(token)
    narrow = bowline.token(account=account.id, scopes=["account_info.read"])
    assert narrow.scopes == ["account_info.read"]
    with pytest.raises(errors.InvalidField) as wider:
        bowline.token(account=account.id, scopes=["files.content.write"])
    assert wider.value.field == "scopes"

    # The user ends the link at Dropbox, and the refusal brings the next one.
    world.disconnect(account.provider_account_id)
    checked = answer(accounts_check.sync(account.id, client=bowline.calls))
    assert (checked.alive, checked.status) == (False, "needs_reauth")
    with pytest.raises(NeedsReauth) as ended:
        bowline.token(user, return_url=world.return_url, session=session)
    assert ended.value.account_id == account.id
    assert ended.value.link_url
    again = bowline.finish(user, someone.approves(ended.value.link_url), session)
    assert isinstance(again, Linked)
    assert again.account.id == account.id
    assert bowline.token(user).account_id == account.id

    page = answer(accounts_list.sync(client=bowline.calls, external_user_id=user))
    assert [each.id for each in page.items] == [account.id]
    answer(accounts_delete.sync(account.id, client=bowline.calls))
    with pytest.raises(errors.AccountRevoked):
        bowline.token(user)


def test_who_declines_links_nothing(bowline: Bowline, world: World, person: Persons) -> None:
    session: dict[str, Any] = {}
    begun = bowline.begin("declines", world.return_url, session, locale="de", metadata={"plan": "team"})
    outcome = bowline.finish("declines", person("jonas@example.com").declines(begun.url), session)
    assert isinstance(outcome, NotLinked)
    assert outcome.declined
    shown = answer(link_sessions_show.sync(begun.id, client=bowline.calls))
    assert shown.status == "denied"
    alone = bowline.finish("declines", {"link_session": begun.id}, session)
    assert alone == NotLinked("access_denied")
    with pytest.raises(NotFound):
        bowline.token("declines")


def test_a_forwarded_link_is_not_completed(bowline: Bowline, world: World, person: Persons) -> None:
    attacker: dict[str, Any] = {}
    victim: dict[str, Any] = {}
    begun = bowline.begin("mallory", world.return_url, attacker)
    query = person("mei@example.org").approves(begun.url)
    assert bowline.finish("victim", query, victim) == NotLinked("not_started_here")
    assert bowline.finish("victim", query, attacker) == NotLinked("not_started_here")
    wrong = {**query, "link_code": "bwl_lc_nonsense"}
    refused = bowline.finish("mallory", wrong, attacker)
    assert isinstance(refused, NotLinked)
    assert refused.reason == "completion_refused"
    with pytest.raises(NotFound):
        bowline.token("mallory")


def test_another_account_than_the_one_to_be_renewed_has_a_page(bowline: Bowline, world: World, person: Persons) -> None:
    session: dict[str, Any] = {}
    account = link(bowline, world, person("zoe@example.net"), "zoe", session).account
    begun = bowline.begin("zoe", world.return_url, session, account_id=account.id, force_reauthentication=False)
    outcome = bowline.finish("zoe", person("jonas@example.com").approves(begun.url), session)
    assert isinstance(outcome, NotLinked)
    assert outcome.reason == "account_mismatch"
    assert outcome.page is not None
    assert outcome.page.startswith(world.bowline)
    # The optional body of a generated call is left out.
    refreshed = answer(tokens_force.sync(account.id, client=bowline.calls))
    assert isinstance(refreshed, AccessToken)
    assert refreshed.account_id == account.id


def test_async_code_does_the_same(world: World, person: Persons) -> None:
    async def story() -> None:
        session: dict[str, Any] = {}
        async with AsyncBowline.from_env() as bowline:
            begun = await bowline.begin("async", world.return_url, session)
            query = await asyncio.to_thread(person("priya@acme.example").approves, begun.url)
            outcome = await bowline.finish("async", query, session)
            assert isinstance(outcome, Linked)
            tokens = await asyncio.gather(*(bowline.token("async") for _ in range(20)))
            assert {token.account_id for token in tokens} == {outcome.account.id}
            page = await bowline.manage("async", world.return_url, session)
            assert await bowline.finish("async", {"manage_session": page.id}, session) == NotLinked("back")
            with pytest.raises(NotFound):
                await bowline.token("nobody")

    asyncio.run(story())


def test_a_message_of_the_server_is_verified(world: World) -> None:
    message = world.message
    event = webhooks.verify(message["secret"], message["body"], message["headers"])
    assert event.type == "endpoint.test"
    with pytest.raises(webhooks.InvalidMessage):
        webhooks.verify(message["secret"], message["body"] + " ", message["headers"])


def test_an_endpoint_for_webhooks_comes_and_goes(bowline: Bowline) -> None:
    body = CreateWebhookEndpoint(url="https://photos.example/hooks", events=["account.needs_reauth"])
    new = answer(webhook_endpoints_create.sync(client=bowline.calls, body=body))
    assert (new.state, new.events) == ("enabled", ["account.needs_reauth"])
    assert new.secret.startswith("whsec_")
    assert new.secret not in repr(new)
    assert new.id in [each.id for each in answer(webhook_endpoints_list.sync(client=bowline.calls)).items]
    assert answer(webhook_endpoints_remove.sync(new.id, client=bowline.calls)) is None
    assert new.id not in [each.id for each in answer(webhook_endpoints_list.sync(client=bowline.calls)).items]


def test_a_wrong_key_and_a_wrong_address_are_told_apart(world: World) -> None:
    with Bowline(world.bowline, "bwl_sk_nonsense") as bowline, pytest.raises(errors.Unauthenticated):
        bowline.token("ada")
    with Bowline(world.dropbox, "key") as bowline, pytest.raises((Unreachable, errors.ApiError)):
        bowline.token("ada")
