//! What cannot be done: with rows that are not those of the query, with what has ended, and what is said then.

use bowline::app::Msg;
use bowline::client::Failure;
use bowline_api::status::JobState;

use crate::bulk::search;
use crate::fixtures::job;
use crate::operator::{Story, setup};
use crate::screens::frame_text;

/// Presses keys that act on rows, and returns what is said about the last one.
fn refused(story: &mut Story, keys: &str) -> String {
    for key in keys.split(' ') {
        story.press(key);
        assert!(story.model.dialogs.is_empty(), "{key} opened a dialog");
        assert!(story.accounts_view().list.rows.marks.is_empty(), "{key} marked something");
    }
    story.toast().to_owned()
}

#[test]
fn nothing_is_done_with_rows_that_are_not_those_of_the_query() {
    let all = "* R space v S e y enter";
    let mut story = Story::settled();
    story.press("/");
    story.type_in("tenant:nope");
    story.press("enter");
    assert!(refused(&mut story, all).contains("the rows of this query are not loaded yet"));
    story.failing = Some(Failure::NotFound("no tenant \"nope\" is visible to you".into()));
    story.settle();
    let text = frame_text(&story);
    assert!(!text.contains("ada@") && !text.contains("match ·") && !text.contains("row 1"), "{text}");
    assert!(text.contains("no tenant \"nope\" is visible to you"), "{text}");
    assert!(text.contains("/ changes the query, esc clears it"), "{text}");
    assert!(refused(&mut story, all).contains("the query failed, so it has no rows"));
    story.press("r");
    assert!(!frame_text(&story).contains("ada@"), "they do not come back while it is asked again");
    story.failing = None;
    story.settle();
    assert!(frame_text(&story).contains("ada@"));

    let mut story = Story::settled();
    search(&mut story, "foo:bar");
    let text = frame_text(&story);
    assert!(
        !text.contains("ada@") && !text.contains("match ·") && text.contains("the query is wrong"),
        "{text}"
    );
    assert!(refused(&mut story, all).contains("the query is wrong, so it has no rows"));
    story.press("i");
    assert!(frame_text(&story).contains("foo: is no filter here"), "{}", frame_text(&story));
    assert!(!frame_text(&story).contains("ada@"), "{}", frame_text(&story));
    story.press("esc 5");
    assert!(frame_text(&story).contains("API keys › choose a tenant"), "{}", frame_text(&story));
    story.press("1 esc");
    story.settle();
    assert!(frame_text(&story).contains("ada@"), "{}", frame_text(&story));
}

#[test]
fn rows_of_a_query_stay_while_the_server_is_away() {
    let mut story = Story::settled();
    search(&mut story, "ada");
    story.failing = Some(Failure::Unreachable("reset".into()));
    story.press("r");
    story.settle();
    assert!(
        frame_text(&story).contains("ada@") && frame_text(&story).contains("stale"),
        "{}",
        frame_text(&story)
    );
    search(&mut story, " grace");
    assert!(!frame_text(&story).contains("ada@"), "{}", frame_text(&story));
}

#[test]
fn a_new_complaint_is_not_hidden_by_an_older_notice() {
    let mut story = Story::settled();
    search(&mut story, "tenant:acme");
    story.press("* R");
    story.type_in("asked by the tenant");
    story.press("enter");
    story.failing = Some(Failure::Refused("no such thing".into()));
    story.settle();
    assert!(story.toast().contains("not done"), "{}", story.toast());
    story.failing = None;
    story.press("esc esc");
    search(&mut story, "foo:bar");
    assert!(frame_text(&story).contains("▲ foo: is no filter here"), "{}", frame_text(&story));
    story.tell(Msg::Notice("something new".into()));
    story.failing = Some(Failure::Forbidden("only admins".into()));
    story.press("2");
    story.settle();
    assert!(frame_text(&story).contains("forbidden for role"), "{}", frame_text(&story));
    assert!(story.toast().is_empty(), "{}", story.toast());
}

#[test]
fn on_the_smallest_terminal_all_of_a_bulk_dialog_can_be_read_and_esc_says_where_the_job_is() {
    let mut story = Story::new(setup(), (60, 15));
    story.tell(Msg::Tick);
    story.settle();
    search(&mut story, "tenant:acme status:needs_reauth");
    story.press("* R");
    story.type_in("stale, ticket 4711");
    story.press("enter");
    story.settle();
    let mut seen = String::new();
    for _ in 0..8 {
        let text = frame_text(&story);
        assert!(
            text.contains("type revoke 50 accounts of acme") && text.contains("your own password"),
            "{text}"
        );
        assert!(text.contains("This cannot be undone"), "{text}");
        seen += &text;
        story.press("pagedown");
    }
    for needed in
        ["50 accounts of acme to be revoked", "reason: ", "ada@acme.example", "more accounts", "lines 1 to"]
    {
        assert!(seen.contains(needed), "{needed}: {seen}");
    }
    story.press("pageup pageup pageup pageup");
    assert!(frame_text(&story).contains("50 accounts of acme to be revoked"), "{}", frame_text(&story));
    story.press("esc");
    assert_eq!(story.toast(), "nothing is done; the job stays prepared for an hour, and 8 lists it");
}

#[test]
fn no_hint_offers_what_a_finished_job_or_a_revoked_account_refuses() {
    let mut story = Story::settled();
    story.press("8");
    story.settle();
    let text = frame_text(&story);
    assert!(text.contains("X stop") && !text.contains("A approve") && !text.contains("T retry"), "{text}");
    story.job = job(JobState::Finished, 50, 50, 0);
    story.press("r");
    story.settle();
    story.press("enter");
    story.settle();
    for _ in 0..2 {
        let text = frame_text(&story);
        assert!(!["X stop", "A approve", "T retry"].iter().any(|hint| text.contains(hint)), "{text}");
        story.press("q");
        story.settle();
    }
    story.press("1");
    story.settle();
    assert!(frame_text(&story).contains("R revoke  S suspend"), "{}", frame_text(&story));
    story.press("j j j j j j j");
    assert!(!frame_text(&story).contains("R revoke"), "{}", frame_text(&story));
    story.press("enter");
    story.settle();
    let text = frame_text(&story);
    assert!(
        text.contains("✕ revoked") && !text.contains("R revoke") && !text.contains("S suspend"),
        "{text}"
    );
}
