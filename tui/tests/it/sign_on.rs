//! The login form with an identity provider.

use bowline::app::{Msg, Setup};
use bowline::client::{Failure, Request, SignOnStep, SignOnWay};

use crate::fixtures::login_methods;
use crate::operator::{Story, setup};
use crate::screens::frame_text;
use bowline::client::Answer;

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
