//! A terminal that nobody looks at asks for nothing without end, and one server's calls stay with it.

use std::time::Duration;

use bowline::app::Msg;
use bowline::client::{CallEntry, Failure, Request};

use crate::faults::calls;
use crate::operator::Story;
use crate::screens::frame_text;

#[test]
fn a_retry_in_flight_wakes_nobody() {
    let mut story = Story::settled();
    story.failing = Some(Failure::Unreachable("reset".into()));
    story.press("r");
    story.settle();
    let wake = bowline::app::next_deadline(&story.model).unwrap();
    story.later((wake - story.model.now).num_milliseconds().max(1_000));
    assert!(!story.waiting.is_empty(), "the retry is in flight");
    for _ in 0..3 {
        let wake = bowline::app::next_deadline(&story.model);
        assert!(wake.is_none_or(|at| at > story.model.now), "{wake:?}");
        story.later(1_000);
    }
}

#[test]
fn a_check_of_the_log_that_fails_is_not_repeated_by_itself() {
    let mut story = Story::settled();
    story.press("3");
    story.settle();
    story.press("/");
    story.type_in("tenant:-");
    story.press("enter");
    story.settle();
    let checks = |story: &Story| calls(story, |request| matches!(request, Request::VerifyAudit(_)));
    story.press("V");
    story.failing = Some(Failure::Server { status: 500, detail: "x".into(), request_id: "r".into() });
    story.settle();
    assert!(frame_text(&story).contains("✕ not checked"), "{}", frame_text(&story));
    story.failing = None;
    story.later(60_000);
    assert_eq!(checks(&story), 1);
    let wake = bowline::app::next_deadline(&story.model);
    assert!(wake.is_none_or(|at| at > story.model.now), "{wake:?}");
    story.press("V");
    assert_eq!(checks(&story), 2, "the key asks again");
}

#[test]
fn no_call_to_one_server_is_shown_at_another() {
    let mut story = Story::settled();
    let url = "https://bowline.example/admin/v1/accounts?q=ada".to_owned();
    let method = reqwest::Method::GET;
    story.tell(Msg::Called(vec![CallEntry {
        method,
        url,
        status: Some(200),
        took: Duration::ZERO,
        request_id: None,
    }]));
    story.press("L");
    assert!(frame_text(&story).contains("q=ada"), "{}", frame_text(&story));
    story.press("esc C j enter");
    story.model.login = None;
    story.press("L");
    assert!(!frame_text(&story).contains("q=ada"), "{}", frame_text(&story));
}
