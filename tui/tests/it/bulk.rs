//! Marking many accounts, revoking them as one job, and following the job.

use bowline::app::{Msg, Setup};
use bowline::client::{Act, Answer, Failure, Request};
use bowline::dialog::change::Purpose;
use bowline::registry::place::Place;
use bowline_api::JobId;
use bowline_api::admin::{CreateJob, JobDetail};
use bowline_api::status::{AccountStatus, JobState, Role};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use crate::fixtures::{account_id, account_page, job, summary};
use crate::operator::{Story, setup};
use crate::screens::frame_text;

fn marked(story: &Story) -> Vec<bowline_api::AccountId> {
    let mut ids: Vec<_> = story.accounts_view().list.rows.marks.ids().collect();
    ids.sort_unstable_by_key(bowline_api::AccountId::uuid);
    ids
}

fn acts(story: &Story) -> Vec<&Act> {
    let mut acts = Vec::new();
    for request in &story.asked {
        if let Request::Act(act) = request {
            acts.push(act);
        }
    }
    acts
}

fn prepared(story: &Story) -> CreateJob {
    match acts(story).last() {
        Some(Act::PrepareJob { wanted }) => (**wanted).clone(),
        other => panic!("no job was prepared: {other:?}"),
    }
}

pub(crate) fn search(story: &mut Story, query: &str) {
    story.press("/");
    story.type_in(query);
    story.press("enter");
    story.settle();
}

#[test]
fn marks_are_ids_that_survive_a_refresh_and_go_with_the_tenant() {
    let mut story = Story::settled();
    story.press("space j space");
    assert_eq!(marked(&story).len(), 2);
    assert_eq!(story.accounts_view().list.rows.selected(), 3, "marking goes one row down");
    let text = frame_text(&story);
    assert!(text.contains("2 marked · as of"), "{text}");
    assert_eq!(text.lines().filter(|line| is_marked(line)).count(), 2, "{text}");
    story.press("r");
    for call in std::mem::take(&mut story.waiting) {
        if let Request::Accounts(..) = call.2 {
            let mut rows = account_page(250, None, 100);
            rows.items.insert(0, summary(400));
            story.answer(&call, Ok(Answer::Accounts(rows)));
        }
    }
    let is_marked = |text: &str, n: u64| {
        let end = account_id(n).to_string();
        text.lines().any(|line| is_marked(line) && line.contains(&end[end.len() - 6..]))
    };
    let text = frame_text(&story);
    assert!(is_marked(&text, 0) && is_marked(&text, 2) && !is_marked(&text, 1), "{text}");
    search(&mut story, "ada");
    assert_eq!(marked(&story).len(), 2, "another query of the same tenant keeps them");
    story.press("k");
    search(&mut story, "tenant:acme");
    assert_eq!(marked(&story).len(), 0, "another tenant does not");
    story.press("space esc");
    assert_eq!(marked(&story).len(), 0, "esc takes them away before it clears the query");
    assert_eq!(story.accounts_view().list.bar.field.text(), "ada tenant:acme");
}

/// Whether a line of the list has the mark.
fn is_marked(line: &str) -> bool {
    line.chars().nth(3) == Some('*')
}

#[test]
fn a_range_is_marked_from_its_beginning_to_the_selected_row() {
    let mut story = Story::settled();
    story.press("j v j j");
    let text = frame_text(&story);
    assert!(text.contains("range of 3") && text.matches('*').count() == 3, "{text}");
    story.press("v");
    assert_eq!(marked(&story).len(), 3);
    assert!(frame_text(&story).contains("3 marked · as of"), "{}", frame_text(&story));
    story.press("k v G");
    story.settle();
    for _ in 0..3 {
        story.press("G");
        story.settle();
    }
    story.press("v");
    assert_eq!(marked(&story).len(), 249, "as far as the rows are loaded");
}

/// The keys that revoking fifty stale accounts takes, besides query, reason, phrase and password.
#[test]
fn fifty_stale_accounts_are_revoked_with_seven_keys() {
    let mut story = Story::settled();
    let mut keys = 0;
    let mut press = |story: &mut Story, names: &str| {
        keys += names.split(' ').count();
        story.press(names);
        story.settle();
    };
    press(&mut story, "/");
    story.type_in("tenant:acme status:needs_reauth");
    press(&mut story, "enter");
    press(&mut story, "* R");
    story.type_in("stale, ticket 4711");
    press(&mut story, "enter");
    let wanted = prepared(&story);
    assert_eq!((wanted.tenant.as_str(), wanted.reason.as_str()), ("acme", "stale, ticket 4711"));
    assert_eq!(wanted.filter.unwrap().status, Some(AccountStatus::NeedsReauth.into()));
    assert_eq!(wanted.accounts, None);
    let text = frame_text(&story);
    assert!(text.contains("50 accounts of acme to be revoked"), "{text}");
    assert!(text.contains("ada@acme.example · user-0 · active"), "the dry run shows some: {text}");
    story.type_in("revoke 50 accounts of acme");
    press(&mut story, "enter");
    story.type_in("correct horse");
    assert!(!frame_text(&story).contains("correct") && !format!("{:?}", story.model).contains("correct"));
    press(&mut story, "enter");
    let last = acts(&story).last().copied();
    assert!(matches!(last, Some(Act::ConfirmJob { phrase, proof, .. })
        if phrase == "revoke 50 accounts of acme" && proof.password.expose_secret() == "correct horse"));
    assert!(matches!(story.model.place(), Place::Job(_)), "its progress is shown");
    assert!(frame_text(&story).contains("done: 37 of 50"), "{}", frame_text(&story));
    assert_eq!(keys, 7);
    story.press("q");
    assert!(story.accounts_view().list.rows.marks.is_empty());
}

#[test]
fn what_is_marked_is_revoked_as_one_job_and_the_dry_run_says_what_is_left_out() {
    let mut story = Story::settled();
    story.press("space space R");
    story.type_in("asked by the tenant");
    story.press("enter");
    assert_eq!(prepared(&story).accounts.unwrap().len(), 2);
    let call = story.waiting.pop().unwrap();
    story.answer(&call, Ok(Answer::Job(Box::new(job(JobState::Prepared, 1, 0, 0)))));
    let text = frame_text(&story);
    assert!(text.contains("1 of those marked are left out"), "{text}");
    let dialog = story.change_dialog();
    assert_eq!((dialog.expected(), dialog.text_of(Purpose::Reason)), ("revoke 1 account of acme", ""));
}

#[test]
fn a_bulk_act_is_never_confirmed_by_enter_or_a_paste_nor_made_by_a_viewer() {
    let mut story = Story::settled();
    story.press("space R");
    story.type_in("asked by the tenant");
    story.press("enter");
    story.settle();
    let before = acts(&story).len();
    story.tell(Msg::Paste("revoke 1 account of acme".into()));
    story.press("enter enter");
    story.type_in("revoke 1 account of acme");
    story.tell(Msg::Burst);
    story.press("tab");
    story.type_in("pw");
    story.press("enter enter");
    assert_eq!(acts(&story).len(), before);
    assert!(
        frame_text(&story).contains("type revoke 1 account of acme to confirm"),
        "{}",
        frame_text(&story)
    );
    for (read_only, role) in [(true, Role::Admin), (false, Role::Viewer)] {
        let mut story = Story::new(Setup { read_only, ..setup() }, (110, 24));
        story.role = role;
        story.tell(Msg::Tick);
        story.settle();
        story.press("space R");
        assert!(story.model.dialogs.is_empty() && story.toast().starts_with("refused"), "{}", story.toast());
        story.press("J");
        story.settle();
        story.press("A");
        assert!(story.model.dialogs.is_empty() && story.toast().starts_with("refused"), "{}", story.toast());
    }
}

#[test]
fn a_job_is_for_one_tenant_and_says_so() {
    let mut story = Story::settled();
    story.press("* R");
    assert!(story.toast().contains("add tenant:NAME to the query"), "{}", story.toast());
    story.press("esc space space space R");
    assert!(story.toast().contains("these are marked of acme, globex"), "{}", story.toast());
    assert!(story.model.dialogs.is_empty());
}

#[test]
fn all_that_match_are_no_longer_marked_once_the_query_changes() {
    let mut story = Story::settled();
    search(&mut story, "tenant:acme");
    story.press("*");
    assert!(frame_text(&story).contains("all that match are marked"), "{}", frame_text(&story));
    story.press("s");
    story.settle();
    assert!(story.accounts_view().list.rows.marks.is_all(), "another order has the same accounts");
    search(&mut story, " ada");
    assert!(!story.accounts_view().list.rows.marks.is_all());
}

#[test]
fn a_wrong_password_is_said_and_nothing_but_the_password_is_asked_for_again() {
    let mut story = Story::settled();
    story.press("space R");
    story.type_in("asked by the tenant");
    story.press("enter");
    story.settle();
    story.type_in("revoke 1 account of acme");
    story.press("enter");
    story.type_in("wrong");
    story.press("enter");
    story.failing = Some(Failure::Refused("password is not your own password".into()));
    story.settle();
    let dialog = story.change_dialog();
    assert!(dialog.message.as_ref().unwrap().contains("not your own password"));
    assert_eq!(dialog.text_of(Purpose::Password), "");
    assert_eq!(dialog.text_of(Purpose::Phrase), "revoke 1 account of acme");
}

#[test]
fn an_operator_with_one_time_codes_is_asked_for_one_and_for_nothing_else_again() {
    let mut story = Story::settled();
    story.press("space R");
    story.type_in("asked by the tenant");
    story.press("enter");
    story.settle();
    story.type_in("revoke 1 account of acme");
    story.press("enter");
    story.type_in("correct horse");
    story.press("enter");
    story.failing = Some(Failure::CodeRequired("code is missing".into()));
    story.settle();
    story.failing = None;
    assert!(frame_text(&story).contains("▶ one-time code"), "{}", frame_text(&story));
    story.type_in("123456");
    story.press("enter");
    let last = acts(&story).last().copied();
    assert!(matches!(last, Some(Act::ConfirmJob { proof, .. })
        if proof.password.expose_secret() == "correct horse"
            && proof.code.as_ref().is_some_and(|code| code.expose_secret() == "123456")));
}

#[test]
fn a_job_that_did_a_part_says_what_failed_and_tries_only_that_again() {
    let mut story = Story::settled();
    story.job = job(JobState::Finished, 50, 47, 3);
    story.press("J");
    story.settle();
    assert!(frame_text(&story).contains("▲ partly done"), "{}", frame_text(&story));
    story.press("enter");
    story.settle();
    let text = frame_text(&story);
    let words = "partly done: 47 of 50 are revoked, 3 failed, 0 were not tried; T tries what is left";
    assert!(text.contains(words), "{text}");
    assert_eq!(text.matches("✕ failed").count(), 3, "{text}");
    assert!(text.contains("invalid_state"), "{text}");
    story.press("T");
    story.type_in("retry 3 accounts of acme");
    story.press("enter");
    story.type_in("pw");
    story.press("enter");
    assert!(matches!(acts(&story).last(), Some(Act::RetryJob { .. })));
    story.job = job(JobState::Running, 50, 47, 0);
    story.settle();
    story.press("X");
    story.type_in("enough for today");
    story.press("enter");
    assert!(matches!(acts(&story).last(), Some(Act::StopJob { reason, .. }) if reason == "enough for today"));
}

#[test]
fn a_running_job_is_followed_until_it_ends() {
    let mut story = Story::settled();
    story.press("J");
    story.settle();
    story.press("enter");
    story.settle();
    let asked = |story: &Story| story.asked.iter().filter(|r| matches!(r, Request::Job(_))).count();
    let before = asked(&story);
    story.later(2_000);
    assert_eq!(asked(&story), before + 1);
    story.job = job(JobState::Finished, 50, 50, 0);
    story.settle();
    assert!(frame_text(&story).contains("all are revoked"), "{}", frame_text(&story));
    story.later(10_000);
    assert_eq!(asked(&story), before + 1, "what has ended is not asked for again");
}

#[test]
fn a_running_job_that_nobody_looks_at_is_asked_for_no_more_so_that_the_session_can_end() {
    let mut story = Story::settled();
    story.press("J");
    story.settle();
    story.press("enter");
    story.settle();
    let asked = |story: &Story| story.asked.iter().filter(|r| matches!(r, Request::Job(_))).count();
    story.later(601_000);
    story.settle();
    let before = asked(&story);
    for _ in 0..10 {
        story.later(60_000);
        story.settle();
    }
    assert_eq!(asked(&story), before);
    story.press("j");
    assert_eq!(asked(&story), before + 1, "any key goes on");
}

#[test]
fn marks_go_only_when_the_job_that_was_made_of_them_is_confirmed() {
    let mut story = Story::settled();
    story.press("space space");
    let mut other = job(JobState::Running, 3, 0, 0);
    other.job.id = JobId::from(Uuid::from_u128(9));
    let accounts = |story: &mut Story, detail: &JobDetail| {
        story.model.views.current_mut().screen.changed(&Answer::Job(Box::new(detail.clone())), true);
    };
    accounts(&mut story, &other);
    assert_eq!(marked(&story).len(), 2, "a decision about another job");
    story.press("R");
    let mut own = job(JobState::Prepared, 2, 0, 0);
    own.sample.truncate(2);
    accounts(&mut story, &own);
    accounts(&mut story, &other);
    assert_eq!(marked(&story).len(), 2);
    own.job.state = JobState::Running.into();
    accounts(&mut story, &own);
    assert_eq!(marked(&story).len(), 0);
}

#[test]
fn a_second_operator_approves_a_job() {
    let mut story = Story::settled();
    story.job = job(JobState::AwaitingApproval, 50, 0, 0);
    story.press("J");
    story.settle();
    story.press("A");
    story.type_in("approve 50 accounts of acme");
    story.press("enter");
    story.type_in("pw");
    story.press("enter");
    assert!(matches!(acts(&story).last(), Some(Act::ApproveJob { .. })));
}
