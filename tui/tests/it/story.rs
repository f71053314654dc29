//! Operators' tasks as keys and answers, on the pure core alone.

use std::time::Duration;

use bowline::app::{ConnectionState, Msg, Setup, next_deadline};
use bowline::client::{AccountSearch, Act, Answer, Failure, PageQuery, Request};
use bowline::dialog::change::Purpose;
use bowline::registry::place::Place;
use bowline::screen::audit::Audit;
use bowline_api::status::{AccountStatus, Role};
use chrono::TimeDelta;

use crate::fixtures::{account_id, account_page, detail, now, page};
use crate::operator::{Story, setup};
use crate::screens::frame_text;

#[test]
fn logging_in_leads_to_the_accounts_and_the_password_is_nowhere_to_be_read() {
    let mut story = Story::new(Setup { has_session: false, ..setup() }, (110, 24));
    story.tell(Msg::Tick);
    assert!(story.asked.is_empty(), "nothing is asked before somebody has logged in");
    story.type_in("correct horse");
    assert!(!format!("{:?}", story.model).contains("correct horse"));
    story.press("enter");
    assert!(!format!("{:?}", story.asked).contains("correct horse"));
    assert_eq!(story.effects, [r#"Connect { server: "https://bowline.example" }"#]);
    story.settle();
    assert!(story.model.login.is_none());
    assert!(story.effects.last().unwrap().starts_with("SaveSession"));
    assert!(!story.effects.last().unwrap().contains("CANARY"), "the token is nowhere to be read either");
    assert_eq!(story.accounts_view().list.rows.len(), 100);
}

#[test]
fn a_wrong_password_is_said_in_words_and_the_form_stays() {
    let mut story = Story::new(Setup { has_session: false, ..setup() }, (110, 24));
    story.type_in("wrong");
    story.press("enter");
    story.failing = Some(Failure::Unauthorised("no".into()));
    story.settle();
    let form = story.model.login.as_ref().unwrap();
    assert_eq!(form.message.as_deref(), Some("name or password is wrong"));
}

#[test]
fn the_login_form_asks_for_what_is_missing_and_offers_the_known_contexts() {
    let setup = Setup { has_session: false, server: String::new(), name: String::new(), ..setup() };
    let mut story = Story::new(setup, (110, 24));
    story.type_in("http://10.0.0.9");
    story.press("enter");
    let message = |story: &Story| story.model.login.as_ref().unwrap().message.clone().unwrap();
    assert!(message(&story).contains("plain http is only allowed to this machine"));
    story.press("down down");
    let form = story.model.login.as_ref().unwrap();
    assert_eq!((form.server.text(), form.name.text()), ("http://127.0.0.1:8001", "ada"));
    story.press("enter");
    assert_eq!(message(&story), "the password is missing");
    assert!(story.asked.is_empty());
}

#[test]
fn searching_asks_once_the_typing_pauses_and_late_answers_are_dropped() {
    let mut story = Story::settled();
    let before = story.asked.len();
    story.press("/");
    story.type_in("status:active ada");
    assert_eq!(story.asked.len(), before, "nothing is asked while keys come");
    assert_eq!(next_deadline(&story.model), Some(now() + TimeDelta::milliseconds(150)));
    story.later(150);
    assert_eq!(story.asked.len(), before + 1);
    assert_eq!(story.last_filter().text, "ada");
    assert_eq!(story.last_filter().status, Some(AccountStatus::Active.into()));
    let slow = story.waiting.remove(0);

    story.press("backspace backspace backspace backspace");
    story.later(150);
    story.accounts = 7;
    story.settle();
    assert_eq!(story.accounts_view().list.rows.len(), 7);
    story.answer(&slow, Ok(Answer::Accounts(account_page(99, None, 100))));
    assert_eq!(story.accounts_view().list.rows.len(), 7, "the slow answer belongs to a query that is gone");
    assert!(!story.model.changed);

    story.press("enter esc");
    story.settle();
    assert_eq!(story.last_filter(), AccountSearch::default(), "esc clears the search");
}

#[test]
fn a_half_typed_filter_says_what_it_wants_and_the_list_stays() {
    let mut story = Story::settled();
    story.press("/");
    story.type_in("status:act");
    let before = story.asked.len();
    story.later(150);
    assert_eq!(story.asked.len(), before);
    assert!(
        story
            .accounts_view()
            .list
            .bar
            .problem
            .as_ref()
            .unwrap()
            .text
            .starts_with("status: must be one of active")
    );
    assert_eq!(story.accounts_view().list.rows.len(), 100);
}

#[test]
fn going_down_fetches_ahead_with_the_servers_own_cursors() {
    let mut story = Story::settled();
    for _ in 0..60 {
        story.press("j");
    }
    assert_eq!(story.waiting.len(), 1, "one call at a time, however long the key is held");
    assert!(
        matches!(&story.waiting[0].2, Request::Accounts(_, PageQuery { cursor: Some(c), .. }) if c == "100")
    );
    story.settle();
    story.press("G");
    story.settle();
    assert_eq!(story.accounts_view().list.rows.selected(), 199);
    story.press("G");
    story.settle();
    story.press("G");
    assert_eq!(story.accounts_view().list.rows.selected(), 249);
    assert!(story.accounts_view().list.rows.is_complete());
    story.press("g");
    assert_eq!(story.accounts_view().list.rows.selected(), 0);
}

#[test]
fn a_tenant_leads_to_its_accounts_and_the_order_goes_round() {
    let mut story = Story::settled();
    story.press("2");
    story.settle();
    story.press("j enter");
    story.settle();
    assert_eq!(story.model.place(), Place::Accounts);
    assert_eq!(story.accounts_view().list.bar.field.text(), "tenant:globex");
    assert_eq!(story.last_filter().tenant.unwrap().to_string(), "globex");
    story.press("s Y");
    assert!(story.effects.last().unwrap().contains("bowline accounts list --tenant=globex --sort=oldest"));
    story.press("h");
    assert_eq!(story.model.place(), Place::Tenants);
    story.press("]");
    assert_eq!(story.model.place(), Place::Accounts);
}

#[test]
fn revoking_wants_a_reason_and_the_end_of_the_id_typed_by_hand() {
    let mut story = Story::settled();
    story.press("enter");
    story.settle();
    let end = story.end_of_id();
    story.press("R enter enter");
    assert_eq!(story.revocations(), 0, "enter alone confirms nothing");
    story.press("tab");
    story.tell(Msg::Paste("left the company".into()));
    story.press("tab");
    story.tell(Msg::Paste(end.clone()));
    story.press("enter");
    assert_eq!(story.revocations(), 0, "a paste confirms nothing");
    let dialog = story.change_dialog();
    assert_eq!(dialog.text_of(Purpose::Phrase), "");
    story.type_in("ada@acme.example");
    story.press("enter");
    assert_eq!(story.revocations(), 0, "a name confirms nothing");
    story.press("ctrl-u");
    story.type_in(&end);
    story.press("enter enter");
    assert_eq!(story.revocations(), 1, "and it is asked for once");
    assert!(
        matches!(story.asked.last(), Some(Request::Act(Act::Revoke { reason, id })) if reason == "left the company" && *id == account_id(0))
    );
    story.settle();
    assert!(story.model.dialogs.is_empty());
    assert!(
        story.toast().contains("no token of it is issued any more, and Dropbox is told"),
        "{}",
        story.toast()
    );
    story.press("R");
    assert!(story.model.dialogs.is_empty() && story.toast().contains("already being revoked"));
    let before = story.asked.len();
    story.later(2_000);
    assert!(story.asked.len() > before, "the screen looks how the revocation fares");
    for _ in 0..50 {
        story.settle();
        story.later(2_000);
    }
    let looks = story.asked[before..].iter().filter(|request| matches!(request, Request::Account(_))).count();
    assert_eq!(looks, 0, "waiting reads nothing that is recorded");
    story.status = AccountStatus::Revoked;
    story.settle();
    let looks = story.asked[before..].iter().filter(|request| matches!(request, Request::Account(_))).count();
    assert_eq!(looks, 1, "what has changed is read once");
}

#[test]
fn reloading_an_account_reads_it_again_and_opening_it_again_does_too() {
    let mut story = Story::settled();
    story.press("enter");
    story.settle();
    for keys in ["r", "h enter"] {
        let before = story.asked.len();
        story.press(keys);
        let asked = &story.asked[before..];
        assert!(asked.iter().any(|request| matches!(request, Request::Account(_))), "{keys}: {asked:?}");
        assert!(asked.iter().any(|request| matches!(request, Request::Timeline(..))), "{keys}: {asked:?}");
        story.settle();
    }
}

#[test]
fn a_late_answer_about_another_account_is_ignored() {
    let mut story = Story::settled();
    story.press("enter");
    let late = std::mem::take(&mut story.waiting);
    assert_eq!(late.len(), 2, "the account and its timeline");
    story.press("h j enter");
    for call in &late {
        let result = Ok(if let Request::Account(_) = call.2 {
            Answer::Account(Box::new(detail(0)))
        } else {
            Answer::Events(page(Vec::new()))
        });
        story.answer(call, result);
        assert!(!story.model.changed, "{:?}", call.2);
    }
    story.settle();
    assert_eq!(story.account_view().timeline.len(), 3);
}

#[test]
fn a_revocation_whose_answer_was_lost_stays_open_and_can_be_asked_again() {
    let mut story = Story::settled();
    let end = story.end_of_id();
    story.press("R");
    story.type_in("asked by the user");
    story.press("enter");
    story.type_in(&end);
    story.press("enter");
    story.failing = Some(Failure::Unreachable("connection reset".into()));
    story.settle();
    let dialog = story.change_dialog();
    assert!(dialog.message.as_ref().unwrap().contains("It may have been done"));
    story.failing = None;
    story.press("enter");
    story.settle();
    assert!(story.model.dialogs.is_empty());
}

#[test]
fn a_viewer_cannot_revoke() {
    for read_only in [true, false] {
        let mut story = Story::new(Setup { read_only, ..setup() }, (110, 24));
        story.role = if read_only { Role::Admin } else { Role::Viewer };
        story.tell(Msg::Tick);
        story.settle();
        story.press("R");
        assert!(story.model.dialogs.is_empty());
        assert!(story.toast().starts_with("refused"), "{}", story.toast());
    }
}

#[test]
fn a_lost_connection_keeps_what_is_there_counts_down_and_comes_back() {
    let mut story = Story::settled();
    story.failing = Some(Failure::Unreachable("connection refused".into()));
    story.press("r");
    story.settle();
    assert_eq!(story.accounts_view().list.rows.len(), 100);
    assert_eq!(story.model.connection, ConnectionState::Lost { since: now() });
    assert_eq!(next_deadline(&story.model), Some(now() + TimeDelta::seconds(1)));
    for _ in 0..3 {
        story.later(1_000);
        story.settle();
    }
    assert_eq!(story.model.connection, ConnectionState::Lost { since: now() }, "since the first failure");
    let before = story.asked.len();
    story.press("j k");
    assert_eq!(story.asked.len(), before, "keys do not hurry the retry");
    story.failing = None;
    story.later(10_000);
    story.settle();
    assert!(matches!(story.model.connection, ConnectionState::Live { .. }));
    assert_eq!(story.asleep(), None, "all is well: only the age of the last answer changes");
}

#[test]
fn an_ended_session_asks_to_log_in_and_goes_on_in_the_same_place() {
    let mut story = Story::settled();
    story.press("/");
    story.type_in("ada");
    story.press("enter");
    story.settle();
    story.press("j j j enter");
    story.failing = Some(Failure::Unauthorised("ended".into()));
    assert_eq!(story.waiting.len(), 2, "the account and its timeline");
    let second = story.waiting.pop().unwrap();
    story.settle();
    story.type_in("x");
    story.answer(&second, Err(Failure::Unauthorised("ended".into())));
    assert_eq!(story.model.login.as_ref().unwrap().password.text(), "x", "a second refusal wipes nothing");
    story.press("backspace");
    assert!(story.model.login.as_ref().unwrap().message.as_ref().unwrap().contains("session has ended"));
    story.failing = None;
    story.type_in("pw");
    assert_eq!(story.model.login.as_ref().unwrap().password.text(), "pw");
    story.press("enter");
    story.settle();
    assert_eq!(story.model.place(), Place::Account(account_id(3)));
    assert!(story.account_view().detail.is_some());
    story.press("esc");
    assert_eq!(story.accounts_view().list.bar.field.text(), "ada");
    assert_eq!(story.accounts_view().list.rows.selected(), 3);
}

#[test]
fn a_busy_server_gets_no_request_before_its_retry_after() {
    let mut story = Story::with_session();
    let busy = || Failure::Busy { detail: "slow down".into(), retry_after: Some(Duration::from_secs(42)) };
    story.failing = Some(busy());
    story.settle();
    let before = story.asked.len();
    story.later(41_000);
    assert_eq!(story.asked.len(), before);
    story.later(1_000);
    assert!(story.asked.len() > before);
}

#[test]
fn the_palette_finds_and_runs_an_action() {
    let mut story = Story::settled();
    story.press(":");
    story.type_in("audit");
    story.press("enter");
    story.settle();
    assert_eq!(story.model.place(), Place::Audit);
    assert_eq!(story.view::<Audit>().list.rows.len(), 3);
    story.press("/");
    story.type_in("tenant:acme");
    story.press("enter");
    assert!(
        matches!(story.asked.last(), Some(Request::Audit(search, _)) if search.tenant.as_ref().is_some_and(|tenant| tenant.to_string() == "acme"))
    );
}

#[test]
fn leaving_goes_one_level_up_and_ctrl_c_always_ends() {
    let mut story = Story::settled();
    story.press("3 1 2");
    story.settle();
    story.press("enter");
    story.settle();
    story.press("enter");
    story.settle();
    story.press("q");
    assert_eq!(story.model.place(), Place::Accounts, "from the account to the tenant's accounts");
    assert!(frame_text(&story).contains("q back"), "{}", frame_text(&story));
    story.press("q");
    assert_eq!(story.model.place(), Place::Tenants);
    assert!(story.effects.is_empty());
    assert!(!frame_text(&story).contains("back"), "no hint leads nowhere: {}", frame_text(&story));
    story.press("q");
    assert_eq!(story.model.place(), Place::Tenants, "the history is not walked through");
    assert!(story.effects.is_empty() && story.toast().contains("ctrl-c quits"), "{}", story.toast());
    let mut story = Story::settled();
    story.press("R ctrl-c");
    assert_eq!(story.effects, ["Quit"]);
}

#[test]
fn keys_without_a_meaning_change_nothing() {
    let mut story = Story::settled();
    story.press("ctrl-x");
    assert!(!story.model.changed);
    assert_eq!(story.asleep(), None);
}

#[test]
fn logging_out_forgets_the_session_after_the_server_was_told() {
    let mut story = Story::settled();
    story.press(":");
    story.type_in("log out");
    story.press("enter");
    assert!(matches!(story.asked.last(), Some(Request::Logout)));
    assert_eq!(story.effects, ["DeleteSession"]);
    assert!(story.model.login.is_some());
}
