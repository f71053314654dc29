//! The overview screen.

use bowline::app::Msg;
use bowline::client::{Answer, Request};
use bowline::registry::place::Place;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::fake::{logged_in, run, start};
use crate::operator::Story;
use crate::overview_fixtures::overview;
use crate::screens::frame_text;
use crate::webhook_fixtures::endpoint_id;

fn shown(size: (u16, u16)) -> Story {
    let mut story = Story::settled();
    story.tell(Msg::Resize(size.0, size.1));
    story.press("0");
    story.settle();
    story
}

#[test]
fn the_overview_wide_and_narrow() {
    insta::assert_snapshot!("overview_120", frame_text(&shown((120, 30))));
    insta::assert_snapshot!("overview_70", frame_text(&shown((70, 20))));
}

#[test]
fn every_line_can_be_reached_on_the_smallest_terminal() {
    let mut story = shown((60, 15));
    let mut seen = String::new();
    for _ in 0..40 {
        seen += &frame_text(&story);
        story.press("j");
    }
    let before = (story.model.place(), story.model.screen().id());
    for row in 0..6 {
        let kind = MouseEventKind::Down(MouseButton::Left);
        story.tell(Msg::Mouse(MouseEvent { kind, column: 20, row, modifiers: KeyModifiers::NONE }));
    }
    let after = (story.model.place(), story.model.screen().id());
    assert_eq!(after, before, "a click on what is scrolled selects no other connector");
    for text in
        ["Failing now", "connector Acme Photos 0", "worker revoker", "4,812,337", "tokens issued", "globex"]
    {
        assert!(seen.contains(text), "{text}");
    }
}

#[test]
fn every_line_of_what_fails_is_whole_and_leads_somewhere() {
    let mut story = shown((60, 15));
    let text = frame_text(&story);
    let whole = "that wait have failed before, the oldest for 90 min";
    let flat: Vec<_> = text.split_whitespace().filter(|word| *word != "│").collect();
    assert!(flat.join(" ").contains(whole), "{text}");
    for (keys, shown) in [
        ("j j enter", "/ status:revoking"),
        ("j j j enter", "/ tenant:* action:account.revocation_given_up since:24h"),
        ("j j j j enter", "this bowline does not know what it does"),
        ("j j j j j enter", "/ tenant:acme endpoint:whe_"),
    ] {
        story.press(keys);
        story.settle();
        let text = frame_text(&story);
        assert!(text.contains(shown), "{keys}: {text}");
        story = self::shown((60, 15));
    }
}

#[test]
fn with_no_connector_that_fails_the_other_lines_still_lead_somewhere() {
    let mut story = shown((110, 24));
    let Answer::Overview(mut facts) = Answer::Overview(Box::new(overview())) else { return };
    let failing = facts.failing.as_mut().unwrap();
    failing.connectors.clear();
    failing.workers.clear();
    failing.revocations.given_up = 0;
    story.press("r");
    let call = story.waiting.iter().position(|call| matches!(call.2, Request::Overview)).unwrap();
    let call = story.waiting.remove(call);
    story.answer(&call, Ok(Answer::Overview(facts)));
    story.press("enter");
    story.settle();
    assert_eq!(story.model.place(), Place::Accounts);
    assert!(frame_text(&story).contains("/ status:revoking"), "{}", frame_text(&story));
}

#[test]
fn an_endpoint_for_webhooks_that_fails_leads_to_what_was_delivered_to_it() {
    let mut story = shown((110, 24));
    let text = frame_text(&story);
    assert!(text.contains("▲ webhook https://old.acme.example/in · acme"), "{text}");
    assert!(text.contains("✕ webhook https://gone.acme.example/"), "{text}");
    story.press("j j j j j");
    let id = endpoint_id(1);
    assert_eq!(story.model.screen().id(), Some(id.to_string()));
    story.press("enter");
    story.settle();
    let asked = story.asked.iter().rev().find_map(|request| match request {
        Request::Deliveries(tenant, endpoint, ..) => Some((tenant.to_string(), *endpoint)),
        _ => None,
    });
    assert_eq!(asked, Some(("acme".to_owned(), id)));
    assert_eq!(story.model.place(), Place::Deliveries);
    story.press("q");
    story.settle();
    story.press("i");
    let text = frame_text(&story);
    assert!(text.contains("disabled: it answered 410"), "{text}");

    let url = start(None, |path| match path {
        "/overview" => (200, serde_json::to_string(&overview()).unwrap()),
        _ => (404, String::new()),
    });
    let out = run(logged_in(&url).path(), &["overview"]);
    let said = String::from_utf8(out.stdout).unwrap();
    let (failing, gone) = (endpoint_id(1), endpoint_id(2));
    for line in [
        format!(
            "acme · https://old.acme.example/in · it accepts nothing · failing since 2026-11-23 13:25:07Z · {failing}"
        ),
        format!(
            "acme · https://gone.acme.example/ · disabled: it answered 410, which means that it wants no more events · failing since 2026-11-23 13:25:07Z · {gone}"
        ),
    ] {
        assert!(said.contains(&line), "{said}");
    }
}

#[test]
fn what_fails_leads_to_its_connector_and_the_overview_is_followed_only_on_demand() {
    let mut story = shown((110, 24));
    let asked = |story: &Story| story.asked.iter().filter(|asked| matches!(asked, Request::Overview)).count();
    story.later(60_000);
    story.settle();
    assert_eq!(asked(&story), 1);
    story.press("f");
    story.settle();
    assert_eq!(asked(&story), 2);
    story.press("f j enter");
    story.settle();
    assert_eq!(story.model.place(), Place::Connectors);
    let text = frame_text(&story);
    assert!(text.contains("Acme Photos 1") && !text.contains("Acme Photos 0"), "{text}");
    story.press("q");
    story.settle();
    assert_eq!((story.model.place(), asked(&story)), (Place::Overview, 3), "coming back asks anew");
}
