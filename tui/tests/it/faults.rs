//! What once went wrong, each with the keys that showed it.

use std::time::Duration;

use bowline::app::{ConnectionState, Ended, Msg, Setup};
use bowline::client::{Act, Answer, Failure, Request};
use bowline::registry::place::Place;
use bowline_api::status::{AccountStatus, Role};

use crate::fixtures::{account_id, account_page, detail, page, summary};
use crate::operator::{Story, setup};
use crate::screens::frame_text;

/// Fills in the dialog that revokes the selected account, and sends it.
fn revoke(story: &mut Story) {
    let end = story.end_of_id();
    story.press("R");
    story.type_in("asked by the user");
    story.press("enter");
    story.type_in(&end);
    story.press("enter");
}

/// How many of the requests so far are of this kind.
pub(crate) fn calls<'a>(story: &'a Story, what: impl Fn(&Request) -> bool + 'a) -> usize {
    story.asked.iter().filter(|request| what(request)).count()
}

#[test]
fn a_change_whose_dialog_was_closed_still_tells_its_outcome() {
    let mut story = Story::settled();
    revoke(&mut story);
    story.press("esc");
    assert!(story.model.dialogs.is_empty());
    assert_eq!(story.model.acts.in_flight(), 1);
    story.press("2");
    story.settle();
    assert!(story.toast().starts_with("✓ revoke ada@acme.example"), "{}", story.toast());
    story.press("1");
    let row = story.accounts_view().list.rows.row(0).unwrap();
    assert_eq!(row.account.status, AccountStatus::Revoking, "the list knows");
    let entry = story.model.acts.iter().next().unwrap();
    assert!(matches!(&entry.ended, Some(Ended::Done(now)) if now.contains("Dropbox is told")), "{entry:?}");
    story.press("O");
    assert_eq!(story.model.dialogs.len(), 1, "the log of acts");
}

#[test]
fn a_change_that_fails_after_its_dialog_was_closed_says_that_nothing_was_done() {
    let mut story = Story::settled();
    revoke(&mut story);
    story.press("esc");
    story.failing = Some(Failure::Refused("it is frozen".into()));
    story.settle();
    assert!(story.toast().contains("not done: refused: it is frozen"), "{}", story.toast());
    revoke(&mut story);
    story.failing = Some(Failure::Unreachable("reset".into()));
    story.settle();
    assert!(story.toast().contains("outcome unknown"), "{}", story.toast());
}

#[test]
fn q_never_ends_the_program_and_says_what_is_in_flight() {
    let mut story = Story::settled();
    revoke(&mut story);
    story.press("esc q");
    assert!(story.effects.is_empty());
    assert!(story.toast().contains("ctrl-c quits; 1 change is in flight"), "{}", story.toast());
    story.press("q q");
    assert!(story.effects.is_empty(), "a key pressed once too often does not end the program");
}

/// Types the address of another server into the login form, and logs in there.
fn log_in_elsewhere(story: &mut Story) {
    story.press("down down");
    story.type_in("pw");
    story.failing = None;
    story.press("enter");
    story.settle();
    assert_eq!(story.model.setup.server, "http://127.0.0.1:8001");
}

#[test]
fn nothing_that_names_something_of_one_server_survives_a_login_at_another() {
    let mut story = Story::settled();
    story.press("/");
    story.type_in("tenant:acme");
    story.press("enter");
    story.settle();
    let end = story.end_of_id();
    story.press("R");
    story.type_in("asked by the user");
    story.press("enter");
    story.type_in(&end);
    assert!(story.change_dialog().missing().is_none(), "one enter would revoke");
    story.failing = Some(Failure::Unauthorised("ended".into()));
    story.tell(Msg::Tick);
    story.press("esc r R");
    story.settle();
    assert!(story.model.login.is_some());
    log_in_elsewhere(&mut story);
    assert!(story.model.dialogs.is_empty());
    assert_eq!(story.model.place(), Place::Accounts);
    assert_eq!(story.accounts_view().list.bar.field.text(), "");
    assert_eq!(story.last_filter().tenant, None);
}

#[test]
fn an_outcome_that_arrives_after_the_server_changed_says_where_it_belongs() {
    let mut story = Story::settled();
    revoke(&mut story);
    let act = story.waiting.pop().unwrap();
    story.press("esc r");
    story.failing = Some(Failure::Unauthorised("ended".into()));
    story.settle();
    log_in_elsewhere(&mut story);
    story.tell(Msg::Context("test".into()));
    story.answer(&act, Ok(Answer::Account(Box::new(detail(0)))));
    assert!(story.toast().ends_with("(in context prod)"), "{}", story.toast());
    assert!(matches!(story.model.connection, ConnectionState::Live { .. }));
}

#[test]
fn the_selection_stays_with_its_account_when_another_one_is_linked() {
    let mut story = Story::settled();
    story.press("j j j");
    let selected = story.model.screen().id();
    story.press("r");
    let calls: Vec<_> = std::mem::take(&mut story.waiting);
    for call in calls {
        if let Request::Accounts(..) = call.2 {
            let mut rows = account_page(250, None, 100);
            rows.items.insert(0, summary(400));
            story.answer(&call, Ok(Answer::Accounts(rows)));
        }
    }
    assert_eq!(story.model.screen().id(), selected);
    assert_eq!(story.accounts_view().list.rows.selected(), 4);
}

#[test]
fn only_an_answer_of_the_last_seconds_counts_as_live() {
    let shown = frame_text;
    let mut story = Story::settled();
    assert!(shown(&story).contains("● live"));
    story.later(15_000);
    assert!(story.model.changed, "the frame is drawn again");
    assert!(shown(&story).contains("○ last answer < 1 min ago"), "{}", shown(&story));
    story.later(165_000);
    assert!(shown(&story).contains("○ last answer 3 min ago"), "{}", shown(&story));
    let busy = Failure::Busy { detail: "slow down".into(), retry_after: Some(Duration::from_secs(42)) };
    let broken = Failure::Server { status: 500, detail: "x".into(), request_id: "r".into() };
    for (failure, word) in [(busy, "▲ busy since"), (broken, "▲ error 500 since")] {
        story.failing = Some(failure);
        story.press("r");
        story.settle();
        assert!(shown(&story).contains(word), "{}", shown(&story));
        assert!(!shown(&story).contains("live"));
        story.failing = None;
        story.press("r");
        story.settle();
        assert!(shown(&story).contains("● live"));
    }
}

#[test]
fn the_ages_of_rows_are_drawn_anew_as_time_passes() {
    let mut story = Story::settled();
    let mut changes = 0;
    for _ in 0..10 {
        let wake = bowline::app::next_deadline(&story.model).unwrap();
        story.later((wake - story.model.now).num_milliseconds());
        changes += usize::from(story.model.changed);
    }
    assert_eq!(changes, 10, "each waking is for something that is seen");
    assert!((story.model.now - crate::fixtures::now()).num_minutes() >= 8, "and it is once a minute");
}

#[test]
fn history_restores_the_query_and_the_selection_of_each_view() {
    let mut story = Story::settled();
    story.press("/");
    story.type_in("ada");
    story.press("enter");
    story.settle();
    story.press("j j 2");
    story.settle();
    story.press("enter");
    story.settle();
    assert_eq!(story.accounts_view().list.bar.field.text(), "tenant:acme");
    story.press("[ [");
    assert_eq!(story.accounts_view().list.bar.field.text(), "ada");
    assert_eq!(story.accounts_view().list.rows.selected(), 2);
    story.press("] ]");
    assert_eq!(story.accounts_view().list.bar.field.text(), "tenant:acme");
    story.press("1");
    assert_eq!(story.accounts_view().list.bar.field.text(), "ada", "the screen's key finds it again");
}

#[test]
fn an_answer_for_a_view_that_is_gone_changes_nothing() {
    let mut story = Story::settled();
    story.press("2");
    let late = story.waiting.remove(0);
    story.press("[ 3");
    story.answer(&late, Ok(Answer::Tenants(page(Vec::new()))));
    assert!(!story.model.changed);
}

#[test]
fn a_viewer_is_told_which_role_is_missing() {
    let mut story = Story::with_session();
    story.role = Role::Viewer;
    story.settle();
    story.press("R");
    assert_eq!(story.toast(), "refused: this needs the role operator; yours is viewer");
    story.press("6");
    assert_eq!(story.toast(), "refused: this needs the role admin; yours is viewer");
    assert_eq!(calls(&story, |request| matches!(request, Request::Operators(_))), 0);
    story.press(":");
    story.type_in("revoke");
    assert!(frame_text(&story).contains("revoke permanently · needs operator"), "{}", frame_text(&story));
}

#[test]
fn the_audit_log_says_whose_it_is() {
    let mut story = Story::settled();
    story.press("3");
    story.settle();
    assert!(frame_text(&story).contains("audit › all logs"), "{}", frame_text(&story));
}

#[test]
fn what_is_wrong_with_a_query_does_not_cover_the_typing() {
    let mut story = Story::settled();
    story.tell(Msg::Resize(80, 24));
    story.press("/");
    story.type_in("ada user:bob and a long rest of the query that goes on and on");
    story.later(150);
    let text = frame_text(&story);
    assert!(text.contains("ada user:bob and a long rest of the query that goes on and on"), "{text}");
    assert!(text.contains("▲ user: is no filter here"), "{text}");
    story.press("enter i");
    assert!(frame_text(&story).contains("\"user:bob\""), "{}", frame_text(&story));
}

#[test]
fn on_the_smallest_terminal_every_text_can_be_reached_and_what_matters_most_is_whole() {
    let mut story = Story::new(Setup { read_only: true, ..setup() }, (60, 15));
    story.tell(Msg::Tick);
    story.settle();
    let text = frame_text(&story);
    for needed in ["prod", "read-only", "? help", "ctrl-c quit", ": command"] {
        assert!(text.contains(needed), "{needed}: {text}");
    }
    let busy = "a very long explanation of why the server is too busy for this request just now";
    story.failing = Some(Failure::Busy { detail: busy.into(), retry_after: Some(Duration::from_secs(42)) });
    story.press("r");
    story.settle();
    let text = frame_text(&story);
    assert!(text.contains("retry in 42 s") && text.contains("i: all"), "{text}");
    story.press("i");
    let mut seen = String::new();
    for _ in 0..20 {
        seen += &frame_text(&story);
        story.press("j");
    }
    assert!(seen.contains("just now"), "{seen}");
    story.press("esc");
    story.failing = Some(Failure::Server {
        status: 500,
        detail: "the database is away".into(),
        request_id: "req_01kq2v9x5e8s3m7d".into(),
    });
    story.later(42_000);
    story.settle();
    assert!(frame_text(&story).contains("req_01kq2v9x5e8s3m7d"), "{}", frame_text(&story));
}

#[test]
fn a_long_reason_can_be_read_to_its_end_on_a_narrow_terminal() {
    let mut story = Story::settled();
    story.tell(Msg::Resize(60, 15));
    story.press("j j enter");
    let mut long = detail(2);
    let reason =
        "the provider refused the refresh token because its user removed the app on the settings page";
    long.summary.account.status_reason = Some(reason.into());
    for call in std::mem::take(&mut story.waiting) {
        if let Request::Account(_) = call.2 {
            story.answer(&call, Ok(Answer::Account(Box::new(long.clone()))));
        }
    }
    let text = frame_text(&story);
    for word in reason.split(' ') {
        assert!(text.contains(word), "{word}: {text}");
    }
    for _ in 0..60 {
        story.press("j");
    }
    let down = frame_text(&story);
    story.press("k");
    assert_ne!(frame_text(&story), down, "scrolling up begins at once");
}

#[test]
fn a_leaked_key_is_revoked_with_few_keys() {
    let mut story = Story::with_session();
    story.role = Role::Admin;
    story.settle();
    // From any account of the tenant: 5 for its keys, then R.
    story.press("5");
    story.settle();
    assert!(frame_text(&story).contains("API keys › acme"), "{}", frame_text(&story));
    story.press("j R");
    let end = story.end_of_id();
    story.press("enter");
    assert_eq!(calls(&story, |request| matches!(request, Request::Act(_))), 0, "enter confirms nothing");
    story.type_in(&end);
    story.press("enter");
    story.settle();
    assert!(story.toast().contains("no server accepts the key"), "{}", story.toast());
    assert!(frame_text(&story).contains("✕ revoked"), "{}", frame_text(&story));
    assert!(matches!(story.asked.last(), Some(Request::Act(Act::RevokeApiKey { .. }))));
}

#[test]
fn a_broken_connectors_secret_is_replaced_and_never_shown() {
    let mut story = Story::with_session();
    story.role = Role::Admin;
    story.settle();
    story.press("4");
    story.settle();
    assert!(frame_text(&story).contains("✕ broken"), "{}", frame_text(&story));
    story.press("E");
    story.tell(Msg::Paste("s3cret-CANARY".into()));
    assert!(!frame_text(&story).contains("CANARY"));
    story.press("enter");
    story.type_in("correct horse CANARY");
    assert!(!frame_text(&story).contains("CANARY"));
    story.press("enter");
    assert!(!format!("{:?}", story.asked).contains("CANARY"));
    assert!(!format!("{:?}", story.model).contains("CANARY"));
    story.settle();
    assert!(story.toast().contains("the connector is active"), "{}", story.toast());
    assert!(!frame_text(&story).contains("✕ broken"), "{}", frame_text(&story));
}

#[test]
fn an_operator_is_disabled_and_enabled_by_the_same_key() {
    let mut story = Story::with_session();
    story.role = Role::Admin;
    story.settle();
    story.press("6");
    story.settle();
    assert!(frame_text(&story).contains("● enabled"), "{}", frame_text(&story));
    story.press("S");
    assert!(frame_text(&story).contains("All sessions of the operator end"), "{}", frame_text(&story));
    story.press("enter");
    story.settle();
    assert!(frame_text(&story).contains("‖ disabled"), "{}", frame_text(&story));
    assert!(!story.toast().contains("undoes"), "enabling asks for a password: {}", story.toast());
    story.press("S enter");
    assert!(
        !matches!(story.asked.last(), Some(Request::Act(Act::EnableOperator { .. }))),
        "a session alone is not enough"
    );
    story.type_in("my own password");
    story.press("enter");
    assert!(matches!(story.asked.last(), Some(Request::Act(Act::EnableOperator { .. }))));
}

#[test]
fn suspending_asks_for_a_reason_and_resuming_is_the_same_key() {
    let mut story = Story::settled();
    story.press("S enter");
    assert_eq!(calls(&story, |request| matches!(request, Request::Act(_))), 0);
    story.type_in("reported as stolen");
    story.press("enter");
    story.settle();
    assert!(story.toast().contains("the account is suspended"), "{}", story.toast());
    story.press("S");
    story.type_in("cleared");
    story.press("enter");
    assert!(
        matches!(story.asked.last(), Some(Request::Act(Act::ResumeAccount { id, .. })) if *id == account_id(0))
    );
}

#[test]
fn a_long_field_is_drawn_in_time_that_grows_with_its_length_only() {
    let mut story = Story::settled();
    story.press("/");
    story.tell(Msg::Paste("é".repeat(1_024)));
    let began = std::time::Instant::now();
    for _ in 0..60 {
        frame_text(&story);
    }
    assert!(began.elapsed() < Duration::from_secs(3), "60 frames took {:?}", began.elapsed());
}
