//! The overview screen.

use bowline::app::Msg;
use bowline::client::Request;
use bowline::registry::place::Place;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::operator::Story;
use crate::screens::frame_text;

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
