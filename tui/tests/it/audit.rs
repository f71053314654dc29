//! The audit screen: filters, following and freezing, and the check of the chain.

use bowline::app::Msg;
use bowline::client::{Answer, Failure, Request};
use bowline::registry::place::Place;
use bowline_api::status::{AccountStatus, Role};
use chrono::TimeDelta;

use crate::fixtures::{event, now, page};
use crate::operator::Story;
use crate::screens::frame_text;

fn on_the_audit_screen() -> Story {
    let mut story = Story::settled();
    story.press("3");
    story.settle();
    story
}

fn searched(story: &mut Story, query: &str) {
    story.press("/");
    story.type_in(query);
    story.press("enter");
    story.settle();
}

/// The number of pages that were asked for.
fn pages(story: &Story) -> usize {
    story.asked.iter().filter(|request| matches!(request, Request::Audit(..))).count()
}

#[test]
fn what_somebody_did_yesterday_in_all_logs_is_one_query() {
    let mut story = on_the_audit_screen();
    searched(&mut story, "tenant:* actor:olga action:account since:yesterday until:today");
    let Some(Request::Audit(search, _)) = story.asked.last() else { panic!("{:?}", story.asked.last()) };
    assert!(search.all && search.tenant.is_none());
    assert_eq!((search.actor.as_deref(), search.action.as_deref()), (Some("olga"), Some("account")));
    assert_eq!(search.since.as_deref(), Some("2026-11-22T00:00:00Z"));
    assert_eq!(search.until.as_deref(), Some("2026-11-23T00:00:00Z"));
    assert!(frame_text(&story).contains("audit › all logs"), "{}", frame_text(&story));
    story.press("Y");
    let copied = story.effects.last().unwrap();
    assert!(
        copied.contains(
            "bowline audit list --all-tenants --actor=olga --action=account --since=yesterday --until=today"
        ),
        "{copied}"
    );

    let before = pages(&story);
    story.later(7_000);
    searched(&mut story, " olaf");
    let text = frame_text(&story);
    assert!(text.contains("▲ the audit log has no text search; filters are tenant: actor:"), "{text}");
    assert_eq!(pages(&story), before, "a query that is wrong asks for nothing");
}

#[test]
fn a_followed_list_shows_what_is_new_and_a_frozen_one_stays_as_it_is() {
    let mut story = on_the_audit_screen();
    story.tell(Msg::Resize(140, 24));
    let before = pages(&story);
    story.later(60_000);
    assert_eq!(pages(&story), before, "nothing is asked for by itself");
    story.press("f");
    story.settle();
    story.later(2_000);
    story.settle();
    assert_eq!(pages(&story), before + 2);
    story.later(2_000);
    let mut newer = vec![event(0, "account.revoked", &serde_json::json!({ "reason": "stolen" }))];
    newer[0].at = now() + TimeDelta::minutes(3);
    let call = story.waiting.remove(0);
    story.answer(&call, Ok(Answer::Events(page(newer))));
    let text = frame_text(&story);
    assert!(text.contains("● following") && text.contains("account.revoked"), "{text}");

    story.press("f");
    let asked = pages(&story);
    story.later(60_000);
    assert_eq!(pages(&story), asked, "a frozen list asks for nothing");
    let text = frame_text(&story);
    assert!(text.contains("‖ frozen at 18:26:11Z") && text.contains("account.revoked"), "{text}");
}

#[test]
fn a_list_that_nobody_looks_at_freezes_so_that_the_session_can_end() {
    let mut story = on_the_audit_screen();
    story.press("f");
    story.settle();
    for _ in 0..400 {
        story.later(2_000);
        story.settle();
    }
    assert!(frame_text(&story).contains("‖ frozen at 18:35:07Z"), "{}", frame_text(&story));
    assert_eq!(story.model.screen().poll_at(), None, "and the client sleeps");
}

#[test]
fn a_log_is_checked_where_it_is_shown() {
    let mut story = on_the_audit_screen();
    searched(&mut story, "tenant:-");
    story.press("V");
    assert!(frame_text(&story).contains("… checking the chain"), "{}", frame_text(&story));
    story.settle();
    assert!(frame_text(&story).contains("✓ intact: 80 entries"), "{}", frame_text(&story));
    story.status = AccountStatus::Revoked;
    searched(&mut story, "tenant:acme");
    assert!(!frame_text(&story).contains("intact"), "of another log: {}", frame_text(&story));
    story.press("V");
    story.settle();
    assert!(frame_text(&story).contains("✕ BROKEN at entry 41"), "{}", frame_text(&story));
    story.press("V");
    story.failing = Some(Failure::Forbidden("this needs the role operator".into()));
    story.settle();
    assert!(frame_text(&story).contains("✕ not checked: "), "{}", frame_text(&story));
    story.press("esc");
    story.failing = None;
    story.settle();
    assert!(frame_text(&story).contains("audit › all logs"), "{}", frame_text(&story));
    story.press("V");
    assert!(story.toast().contains("choose one with tenant:NAME"), "{}", story.toast());

    let mut viewer = Story::with_session();
    viewer.role = Role::Viewer;
    viewer.settle();
    viewer.press("3 V");
    assert!(viewer.toast().contains("needs the role operator"), "{}", viewer.toast());
}

#[test]
fn an_account_leads_to_its_events_and_to_what_its_operator_did() {
    for (choice, query) in [("G k enter", "tenant:acme subject:acct_"), ("G enter", "tenant:* actor:ops-1")] {
        let mut story = Story::settled();
        story.press("enter");
        story.settle();
        story.press("enter");
        story.press(choice);
        story.settle();
        assert_eq!(story.model.place(), Place::Audit);
        assert!(frame_text(&story).contains(query), "{}", frame_text(&story));
    }
}

#[test]
fn every_log_is_shown_at_first_with_the_tenant_of_each_entry_and_the_services_own_on_demand() {
    let mut story = on_the_audit_screen();
    story.tell(Msg::Resize(130, 24));
    let Some(Request::Audit(search, _)) = story.asked.last() else { panic!("{:?}", story.asked.last()) };
    assert!(search.all && search.tenant.is_none());
    let text = frame_text(&story);
    assert!(text.contains("audit › all logs") && text.contains("TENANT") && text.contains("acme"), "{text}");
    searched(&mut story, "tenant:-");
    let Some(Request::Audit(search, _)) = story.asked.last() else { panic!("{:?}", story.asked.last()) };
    assert!(!search.all && search.tenant.is_none());
    let text = frame_text(&story);
    assert!(text.contains("audit › the service's own log") && !text.contains("TENANT"), "{text}");
    story.press("Y");
    assert!(story.effects.last().unwrap().contains("bowline audit list\""), "{:?}", story.effects.last());
}

#[test]
fn an_operator_leads_to_what_they_did() {
    let mut story = Story::settled();
    story.role = Role::Admin;
    story.model.operator = Some(crate::fixtures::operator(Role::Admin));
    story.press("6");
    story.settle();
    story.press("enter");
    assert!(frame_text(&story).contains("what ops-1 did, in every log"), "{}", frame_text(&story));
    story.press("enter");
    story.settle();
    assert_eq!(story.model.place(), Place::Audit);
    let id = crate::fixtures::operator(Role::Admin).id;
    assert!(frame_text(&story).contains(&format!("actor:{id}")), "{}", frame_text(&story));
}
