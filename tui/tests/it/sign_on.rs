//! Operators who log in at an identity provider: the login form, and acts that ask others for a password.

use bowline::app::{Msg, Setup};
use bowline::client::{Act, Answer, Failure, Request, SignOnStep, SignOnWay};
use bowline_api::status::JobState;

use crate::fixtures::{job, login_methods};
use crate::operator::{Story, setup};
use crate::screens::frame_text;

const PAGE: &str = "https://login.example/auth?state=s1";

/// A login form whose server has said how operators log in.
fn offered() -> Story {
    let mut story = Story::new(Setup { has_session: false, ..setup() }, (110, 24));
    story.tell(Msg::Tick);
    assert!(!frame_text(&story).contains("browser"), "nothing is offered before the server has said so");
    let asked = story.methods.take().expect("the form asks how operators log in");
    story.answer(&asked, Ok(Answer::LoginMethods(login_methods())));
    story
}

#[test]
fn the_form_offers_what_the_server_has_and_logs_in_under_the_name_that_the_identity_provider_says() {
    let mut story = offered();
    let text = frame_text(&story);
    assert!(
        text.contains("ctrl-o log in with a browser") && text.contains("ctrl-t on another device"),
        "{text}"
    );
    assert!(text.contains("passwords are for emergencies"), "{text}");
    story.press("ctrl-o");
    assert!(matches!(story.asked.last(), Some(Request::SignOn(SignOnWay::Browser))));
    story.tell(Msg::SignOn(SignOnStep::Page { url: PAGE.into(), opened: true }));
    assert!(frame_text(&story).contains("log in in the browser that has opened"));
    story.press("ctrl-o");
    assert_eq!(story.effects.last().unwrap(), &format!("Copy({PAGE:?})"));
    story.settle();
    assert!(story.model.login.is_none());
    assert_eq!(story.model.setup.name, "ada.lovelace");
}

#[test]
fn a_code_for_another_device_is_shown_and_esc_gives_the_login_up() {
    let mut story = offered();
    story.press("ctrl-t");
    assert!(matches!(story.asked.last(), Some(Request::SignOn(SignOnWay::Device))));
    let step = SignOnStep::Code {
        code: "WDJB-MJHT".into(),
        url: "https://login.example/device".into(),
        complete_url: None,
    };
    story.tell(Msg::SignOn(step.clone()));
    let text = frame_text(&story);
    assert!(text.contains("https://login.example/device") && text.contains("WDJB-MJHT"), "{text}");
    story.press("esc");
    assert_eq!(story.effects.last().unwrap(), "GiveUp(Login)");
    story.tell(Msg::SignOn(step));
    assert!(!frame_text(&story).contains("WDJB-MJHT"), "the code of a login that was given up");
    // The answer that was under way changes nothing.
    story.settle();
    assert!(story.model.login.is_some());
}

#[test]
fn why_the_identity_provider_lets_nobody_in_is_said_in_its_words() {
    let mut story = offered();
    story.press("ctrl-o");
    story.tell(Msg::SignOn(SignOnStep::Page { url: PAGE.into(), opened: false }));
    assert!(frame_text(&story).contains("no browser can be opened here"));
    story.failing = Some(Failure::Forbidden("none of your groups has a role here".into()));
    story.settle();
    assert!(frame_text(&story).contains("none of your groups has a role here"));
}

#[test]
fn where_others_give_their_password_an_operator_without_one_logs_in_anew() {
    let mut story = offered();
    story.press("ctrl-o");
    story.settle();
    story.job = job(JobState::AwaitingApproval, 50, 0, 0);
    story.press("J");
    story.settle();
    story.press("A");
    assert!(!frame_text(&story).contains("password"), "{}", frame_text(&story));
    story.type_in("approve 50 accounts of acme");
    story.press("enter ctrl-u");
    story.type_in("phone");
    story.press("enter");
    assert!(frame_text(&story).contains("in a browser or on another device"), "{}", frame_text(&story));
    story.press("ctrl-u");
    story.type_in("device");
    story.press("enter");
    let sent = story.asked.iter().rev().find_map(|request| match request {
        Request::Act(Act::ApproveJob { proof, .. }) => proof.anew,
        _ => None,
    });
    assert_eq!(sent, Some(SignOnWay::Device));
    story.tell(Msg::SignOn(SignOnStep::Page { url: PAGE.into(), opened: false }));
    story.press("ctrl-o");
    assert_eq!(story.effects.last().unwrap(), &format!("Copy({PAGE:?})"));
    let url = "https://login.example/device".to_owned();
    story.tell(Msg::SignOn(SignOnStep::Code { code: "WDJB-MJHT".into(), url, complete_url: None }));
    assert!(frame_text(&story).contains("WDJB-MJHT"), "{}", frame_text(&story));
    story.job = job(JobState::Running, 50, 0, 0);
    story.settle();
    assert!(story.toast().contains("begun: 50 accounts"), "{}", story.toast());
}
