//! What an operator looks up during an incident: who has a token, what happened, what belongs together.

use bowline::client::{Act, Answer, Failure, Request};
use bowline::registry::place::Place;
use bowline_api::status::Role;

use crate::fixtures::{account_id, event, page};
use crate::operator::Story;
use crate::screens::frame_text;

fn asked(story: &Story, is: impl Fn(&Request) -> bool) -> usize {
    story.asked.iter().filter(|request| is(request)).count()
}

#[test]
fn a_suspicious_operators_sessions_are_listed_and_ended_and_a_viewer_ends_their_own() {
    let mut story = Story::with_session();
    story.role = Role::Admin;
    story.settle();
    story.press("6");
    story.settle();
    story.press("enter j enter");
    story.settle();
    let text = frame_text(&story);
    assert!(
        text.contains("sessions › op_") && text.contains("192.0.2.1") && text.contains("● this"),
        "{text}"
    );
    story.press("D");
    assert!(frame_text(&story).contains("bowline/0.1.0 from 192.0.2.1"), "{}", frame_text(&story));
    story.press("enter");
    let ended = story.asked.last().unwrap();
    assert!(matches!(ended, Request::Act(Act::EndSession { of: Some(_), .. })), "{ended:?}");
    story.settle();
    assert!(matches!(story.asked.last(), Some(Request::Sessions(Some(_)))), "the list is asked for anew");

    let mut viewer = Story::with_session();
    viewer.role = Role::Viewer;
    viewer.settle();
    viewer.press("7");
    viewer.settle();
    viewer.press("D");
    assert!(frame_text(&viewer).contains("this very session"), "{}", frame_text(&viewer));
    viewer.press("enter");
    assert!(matches!(viewer.asked.last(), Some(Request::Act(Act::EndSession { of: None, .. }))));
}

#[test]
fn an_accounts_page_says_who_has_the_current_token_and_since_when() {
    let mut story = Story::settled();
    story.press("enter");
    story.settle();
    let text = frame_text(&story);
    for part in ["Who has the token", "backend-0 · last 3 h ago · 412×", "2026-11-21 06:25:07Z", "backend-2"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("▲ key"), "a key that is revoked by now is marked: {text}");
    // The server records the call, so nothing repeats it by itself.
    let of_holders = |request: &Request| matches!(request, Request::TokenHolders(_));
    story.later(600_000);
    story.settle();
    assert_eq!(asked(&story, of_holders), 1);
    story.press("r");
    story.settle();
    assert_eq!(asked(&story, of_holders), 2);
}

#[test]
fn a_server_that_does_not_tell_the_holders_leaves_the_rest_of_the_page() {
    let mut story = Story::settled();
    story.press("enter");
    while !story.waiting.is_empty() {
        if matches!(story.waiting[0].2, Request::TokenHolders(_)) {
            let call = story.waiting.remove(0);
            story.answer(&call, Err(Failure::NotFound("no such route".into())));
        } else {
            story.settle_one();
        }
    }
    let text = frame_text(&story);
    assert!(text.contains("ada@acme.example") && text.contains("no such route"), "{text}");
}

#[test]
fn what_repeats_in_a_timeline_is_one_card_with_its_number() {
    let mut story = Story::settled();
    story.press("enter");
    let nothing = serde_json::json!({});
    let mut events: Vec<_> = (1..=9).map(|n| event(2 * n, "account.inspected", &nothing)).collect();
    events.push(event(20, "account.linked", &serde_json::json!({ "assurance": "confirmed" })));
    events.push(event(22, "account.inspected", &nothing));
    for call in std::mem::take(&mut story.waiting) {
        if matches!(call.2, Request::Timeline(..)) {
            story.answer(&call, Ok(Answer::Events(page(events.clone()))));
        } else {
            story.waiting.push(call);
        }
    }
    story.settle();
    let text = frame_text(&story);
    assert_eq!(text.matches("● account.inspected").count(), 2, "{text}");
    assert!(
        text.contains("● account.inspected  ×9") && text.contains("first 2026-11-23 16:19:07Z"),
        "{text}"
    );
    // One step goes to the next card, and back.
    story.press("j");
    let down = frame_text(&story);
    assert!(!down.contains("×9") && down.contains("● account.linked"), "{down}");
    story.press("k");
    assert!(frame_text(&story).contains("×9"), "{}", frame_text(&story));
    story.press("j j j j");
    assert!(frame_text(&story).contains("● account.inspected"), "{}", frame_text(&story));
}

#[test]
fn a_card_has_the_request_id_at_the_provider_and_repeats_differ_in_it() {
    let mut story = Story::settled();
    story.press("enter");
    let failed = |n: u64| {
        let detail = serde_json::json!({ "reason": "invalid_grant", "provider_request": format!("cafe{n}") });
        event(2 * n, "account.needs_reauth", &detail)
    };
    for call in std::mem::take(&mut story.waiting) {
        if matches!(call.2, Request::Timeline(..)) {
            story.answer(&call, Ok(Answer::Events(page((1..=3).map(failed).collect()))));
        } else {
            story.waiting.push(call);
        }
    }
    story.settle();
    let text = frame_text(&story);
    assert!(text.contains("● account.needs_reauth  ×3"), "{text}");
    assert!(
        text.contains("reason: invalid_grant") && text.contains("request id at the provider: cafe1"),
        "{text}"
    );
    assert_eq!(
        text.matches("held by").count(),
        0,
        "who has the token is listed, and not counted as well: {text}"
    );
}

#[test]
fn from_an_account_one_key_leads_to_its_connector_its_tenant_and_the_keys_that_have_its_token() {
    for (choice, place, heading, row) in [
        ("enter", Place::Connectors, "connectors › acme", "Acme Photos 0"),
        ("j enter", Place::Accounts, "tenant:acme", "ada@acme.example"),
        ("j j j enter", Place::ApiKeys, "API keys › acme", "backend-0"),
    ] {
        let mut story = Story::settled();
        story.press("enter");
        story.settle();
        story.press("enter");
        assert!(frame_text(&story).contains("connector Acme Photos"), "{}", frame_text(&story));
        story.press(choice);
        story.settle();
        assert_eq!(story.model.place(), place);
        let text = frame_text(&story);
        assert!(text.contains(heading) && text.contains(row), "{text}");
        assert!(
            !text.contains("Acme Photos 1") && !text.contains("backend-1"),
            "only what belongs to it: {text}"
        );
        story.press("q");
        assert_eq!(story.model.place(), Place::Account(account_id(0)), "back to the account");
    }
}

#[test]
fn the_palette_finds_what_is_done_elsewhere_by_the_words_of_an_incident() {
    for (words, found) in [
        ("secret", "replace an app secret: connectors"),
        ("leaked", "revoke a leaked API key: API keys"),
        ("leaked", "who has a token: an account's page"),
        ("last used", "who has a token: an account's page"),
        ("re-link", "users who must link again: accounts"),
    ] {
        let mut story = Story::settled();
        story.press(":");
        story.type_in(words);
        assert!(frame_text(&story).contains(found), "{words}: {}", frame_text(&story));
    }
    let mut story = Story::settled();
    story.press(":");
    story.type_in("re-link");
    story.press("enter");
    story.settle();
    assert!(frame_text(&story).contains("/ status:needs_reauth"), "{}", frame_text(&story));
}

/// A leaked key of the tenant acme.
fn leaked() -> String {
    let suffix = crate::fixtures::tenants()[0].id.to_string().replace("tenant_", "");
    format!("bwl_sk_{suffix}_LeakedLeakedLeakedLeakedLeakedLeakedLeakedLeaked")
}

#[test]
fn a_leaked_key_leads_to_the_keys_of_its_tenant_and_is_neither_shown_nor_kept_nor_sent() {
    let query = format!("/ tenant:{}", crate::fixtures::tenants()[0].id);
    for keys in ["/", "5 /", "3 /", ":"] {
        for is_pasted in [true, false] {
            let mut story = Story::settled();
            story.press(keys);
            if is_pasted {
                story.tell(bowline::app::Msg::Paste(leaked()));
            } else {
                story.type_in(&leaked());
                assert!(!frame_text(&story).contains("bwl_sk"), "{}", frame_text(&story));
                story.later(1_000);
                story.press("enter");
            }
            let said = "which was not sent and is not kept; it names this tenant";
            assert!(story.toast().contains(said), "{keys}: {}", story.toast());
            story.settle();
            let text = frame_text(&story);
            assert!(text.contains(&query) && text.contains("backend-0"), "{keys}: {text}");
            for places in ["[ [ [", "1", ":"] {
                story.press(places);
                story.settle();
                assert!(!frame_text(&story).contains("Leaked"), "{}", frame_text(&story));
            }
            assert!(!format!("{:?}{:?}{:?}", story.asked, story.effects, story.model).contains("Leaked"));
        }
    }
}

#[test]
fn accounts_of_a_connector_that_is_known_to_be_broken_do_not_look_healthy() {
    let mut story = Story::settled();
    assert!(!frame_text(&story).contains("broken app"), "{}", frame_text(&story));
    let mut facts = crate::overview_fixtures::overview();
    for connector in &mut facts.failing.as_mut().unwrap().connectors {
        if connector.status_reason.is_some() {
            connector.id = crate::fixtures::summary(0).account.connector_id;
        }
    }
    story.press("0");
    let at =
        story.waiting.iter().position(|call| matches!(call.2, bowline::client::Request::Overview)).unwrap();
    let call = story.waiting.remove(at);
    story.answer(&call, Ok(bowline::client::Answer::Overview(Box::new(facts))));
    story.press("1");
    let text = frame_text(&story);
    assert!(text.contains("▲ broken app") && !text.contains("● active"), "{text}");
}
