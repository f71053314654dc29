//! Acts that give somebody power: who may log in, which keys work. Each asks for the operator's own password.

use bowline::app::Msg;
use bowline::client::{Act, Failure, Request};
use bowline::dialog::change;
use bowline::interface::dialog::Reaction;
use bowline_api::status::{JobState, Role};
use secrecy::ExposeSecret as _;

use crate::fixtures::job;
use crate::operator::Story;
use crate::screens::frame_text;

fn admin_at(place: &str) -> Story {
    let mut story = Story::with_session();
    story.role = Role::Admin;
    story.settle();
    story.press(place);
    story.settle();
    story
}

fn last_act(story: &Story) -> Option<&Act> {
    story.asked.iter().rev().find_map(|request| match request {
        Request::Act(act) => Some(act),
        _ => None,
    })
}

#[test]
fn an_operator_is_added_with_a_password_typed_twice_and_ones_own() {
    let mut story = admin_at("6");
    story.press("a");
    story.type_in("vera");
    story.press("enter");
    assert!(frame_text(&story).contains("viewer"), "the role is the least one: {}", frame_text(&story));
    story.press("enter");
    story.type_in("kelp CANARY forest");
    story.press("enter");
    story.type_in("kelp CANARY forets");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    assert!(frame_text(&story).contains("the two new passwords differ"), "{}", frame_text(&story));
    assert!(last_act(&story).is_none());
    story.press("up backspace backspace");
    story.type_in("st");
    story.press("enter enter");
    let Some(Act::AddOperator { name, role, password, proof }) = last_act(&story) else {
        panic!("{:?}", story.asked);
    };
    assert_eq!((name.as_str(), *role), ("vera", Role::Viewer));
    assert_eq!(password.expose_secret(), "kelp CANARY forest");
    assert_eq!(proof.password.expose_secret(), "my own CANARY");
    assert!(!frame_text(&story).contains("CANARY") && !format!("{:?}", story.asked).contains("CANARY"));
    story.settle();
    assert!(story.toast().contains("added with the role viewer"), "{}", story.toast());
}

#[test]
fn a_role_is_changed_and_a_code_is_asked_for_where_one_is_needed() {
    let mut story = admin_at("6");
    assert!(frame_text(&story).contains("TOTP"), "{}", frame_text(&story));
    story.press("P ctrl-u");
    story.type_in("root");
    story.press("enter");
    story.type_in("my own password");
    story.press("enter");
    assert!(frame_text(&story).contains("viewer, operator or admin"), "{}", frame_text(&story));
    story.press("up ctrl-u");
    story.type_in("operator");
    story.press("enter");
    story.failing = Some(Failure::CodeRequired("a code is needed".into()));
    story.press("enter");
    story.settle();
    story.failing = None;
    story.type_in("123456");
    story.press("enter");
    let Some(Act::SetRole { role, proof, .. }) = last_act(&story) else { panic!("{:?}", story.asked) };
    assert_eq!((*role, proof.code.as_ref().unwrap().expose_secret()), (Role::Operator, "123456"));
}

#[test]
fn a_key_is_created_and_rotated_and_its_secret_is_seen_once() {
    let mut story = admin_at("5");
    story.press("a");
    story.type_in("back end");
    story.press("enter enter");
    story.type_in("my own password");
    story.press("enter");
    story.settle();
    assert!(frame_text(&story).contains("bwl_sk_CANARY"), "{}", frame_text(&story));
    assert!(!format!("{:?}", story.model).contains("CANARY"));
    story.press("enter y");
    assert_eq!(story.toast(), "copied: the secret");
    assert!(story.effects.iter().any(|effect| effect.starts_with("CopySecret")), "{:?}", story.effects);
    assert!(!format!("{:?}", story.effects).contains("CANARY"));
    story.press("esc");
    assert!(!frame_text(&story).contains("CANARY"));
    story.press("o ctrl-u");
    story.type_in("48");
    story.press("enter");
    story.type_in("my own password");
    story.press("enter");
    assert!(matches!(last_act(&story), Some(Act::RotateApiKey { overlap_hours: Some(48), .. })));
    story.settle();
    assert!(frame_text(&story).contains("shown only now"), "{}", frame_text(&story));
}

#[test]
fn an_enter_within_a_paste_does_not_confirm_where_nothing_is_typed() {
    let mut story = admin_at("6");
    story.press("S");
    assert_eq!(story.discarded, 1, "what was typed ahead does not confirm");
    story.press("x y");
    story.press("enter");
    assert!(last_act(&story).is_none());
    assert!(frame_text(&story).contains("pasting does not confirm"), "{}", frame_text(&story));
    story.type_in("pasted");
    story.tell(Msg::Burst);
    assert_eq!(story.discarded, 2, "the rest of the paste");
    story.press("enter");
    assert!(last_act(&story).is_none());
    story.press("enter");
    assert!(matches!(last_act(&story), Some(Act::DisableOperator { .. })));
}

#[test]
fn a_phrase_with_a_long_name_leaves_room_for_typing_it() {
    let mut story = Story::settled();
    let mut waiting = job(JobState::AwaitingApproval, 50, 0, 0);
    waiting.job.tenant = "a-very-long-short-name-of-a-tenant-that-is-still-allowed-here".into();
    story.job = waiting;
    story.press("J");
    story.settle();
    story.press("A");
    story.type_in("approve 50");
    let frame = frame_text(&story);
    assert_eq!(frame.matches("approve 50").count(), 2, "the label and the field: {frame}");
    assert!(frame.contains("a-very-long-short-name-of-a-tenant-that-is-still-allowed-here"), "{frame}");
}

#[test]
fn the_log_of_acts_tells_how_a_job_has_ended() {
    let mut story = Story::settled();
    story.job = job(JobState::AwaitingApproval, 50, 0, 0);
    story.press("J");
    story.settle();
    story.press("A");
    story.type_in("approve 50 accounts of acme");
    story.press("enter");
    story.type_in("my own password");
    story.job = job(JobState::Running, 50, 0, 0);
    story.press("enter");
    story.settle();
    assert!(story.toast().contains("begun: 50 accounts"), "{}", story.toast());
    story.job = job(JobState::Finished, 50, 50, 0);
    story.later(10_000);
    story.settle();
    assert!(story.toast().contains("finished: 50 of 50 done"), "{}", story.toast());
    story.press("O");
    assert!(frame_text(&story).contains("finished: 50 of 50 done"), "{}", frame_text(&story));
}

#[test]
fn an_operator_gets_another_password_typed_twice() {
    let mut story = admin_at("6");
    story.press("p");
    let text = frame_text(&story);
    assert!(text.contains("change the password of") && text.contains("old password is void"), "{text}");
    story.type_in("kelp CANARY forest");
    story.press("enter");
    story.type_in("kelp CANARY forest");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    let Some(Act::SetPassword { password, proof, .. }) = last_act(&story) else {
        panic!("{:?}", story.asked);
    };
    assert_eq!(password.expose_secret(), "kelp CANARY forest");
    assert_eq!(proof.password.expose_secret(), "my own CANARY");
    assert!(!frame_text(&story).contains("CANARY"), "{}", frame_text(&story));
}

#[test]
fn who_logs_in_at_the_identity_provider_has_neither_a_password_nor_another_role_here() {
    let operator = crate::fixtures::signed_on(Role::Operator).operator;
    for reaction in [change::set_password(Some(&operator)), change::set_role(Some(&operator))] {
        let Reaction::Notify(why) = reaction else { panic!("{reaction:?}") };
        assert!(why.contains("at the identity provider"), "{why}");
    }
}

#[test]
fn the_return_urls_of_a_connector_are_edited_as_a_whole() {
    let mut story = admin_at("4");
    story.press("U");
    let text = frame_text(&story);
    assert!(text.contains("https://photos.acme.example/linked"), "{text}");
    assert!(!text.contains("next field"), "there is one field alone: {text}");
    story.press("ctrl-u");
    story.type_in("https://shop.example/done?x=1");
    story.press("enter");
    assert!(frame_text(&story).contains("without ? and #"), "{}", frame_text(&story));
    story.press("ctrl-u");
    story.type_in("https://shop.example/done com.example.app:/linked");
    story.press("enter");
    let Some(Act::EditConnector { edit, .. }) = last_act(&story) else { panic!("{:?}", story.asked) };
    let urls = ["https://shop.example/done".to_owned(), "com.example.app:/linked".to_owned()];
    assert_eq!(edit.return_urls.as_deref(), Some(&urls[..]));
    assert!(edit.name.is_none() && edit.scopes.is_none(), "nothing else changes: {edit:?}");
    // Where there are more fields, the key to the next one is shown.
    story.settle();
    story.press("E");
    assert!(frame_text(&story).contains("next field"), "{}", frame_text(&story));
}
