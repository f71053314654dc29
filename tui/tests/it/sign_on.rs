//! Operators who log in at an identity provider: the login form, and acts that ask others for a password.

use bowline::app::{Msg, Setup};
use bowline::client::{Act, Answer, Failure, Request, SignOnStep, SignOnWay};
use bowline_api::admin::LoginMethods;
use bowline_api::status::JobState;

use crate::fixtures::{job, login_methods};
use crate::operator::{Story, setup};
use crate::screens::frame_text;

const PAGE: &str = "https://login.example/auth?state=s1";

fn page(opened: bool) -> SignOnStep {
    SignOnStep::Page { url: PAGE.into(), opened }
}

fn code() -> SignOnStep {
    let url = "https://login.example/device".to_owned();
    SignOnStep::Code {
        code: "WDJB-MJHT".into(),
        complete_url: Some(format!("{url}?user_code=WDJB-MJHT")),
        url,
    }
}

/// The number of the last call, which waits for the operator.
fn number(story: &Story) -> u64 {
    story.waiting.last().expect("a call in progress").1
}

/// Tells what the operator has to do for the last call.
fn told(story: &mut Story, step: SignOnStep) {
    let number = number(story);
    story.tell(Msg::SignOn { number, step });
}

fn answered(story: &mut Story, methods: LoginMethods) {
    let asked = story.methods.take().expect("the form asks how operators log in");
    story.answer(&asked, Ok(Answer::LoginMethods(methods)));
}

fn form() -> Story {
    let mut story = Story::new(Setup { has_session: false, ..setup() }, (110, 24));
    story.tell(Msg::Tick);
    story
}

/// A login form whose server has said how operators log in.
fn offered() -> Story {
    let mut story = form();
    assert!(!frame_text(&story).contains("browser"), "nothing is offered before the server has said so");
    answered(&mut story, login_methods());
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
    story.press("enter");
    assert!(frame_text(&story).contains("without one, log in with a browser"), "{}", frame_text(&story));
    story.press("ctrl-o");
    assert!(matches!(story.asked.last(), Some(Request::SignOn(SignOnWay::Browser))));
    told(&mut story, page(true));
    let text = frame_text(&story);
    assert!(text.contains("log in in the browser that has opened"), "{text}");
    assert!(text.contains("ctrl-o copy the address") && !text.contains("ctrl-o log in"), "{text}");
    story.press("ctrl-o");
    assert_eq!(story.effects.last().unwrap(), &format!("Copy({PAGE:?})"));
    told(&mut story, SignOnStep::LoggedIn);
    let text = frame_text(&story);
    assert!(text.contains("waiting for the server") && !text.contains("ctrl-o"), "{text}");
    story.settle();
    assert!(story.model.login.is_none());
    assert_eq!(story.model.setup.name, "ada.lovelace");
}

#[test]
fn a_server_without_an_identity_provider_offers_a_password_alone() {
    let mut story = form();
    answered(&mut story, LoginMethods { passwords: true, single_sign_on: None });
    assert!(!frame_text(&story).contains("browser"), "{}", frame_text(&story));
    // Nor does one that cannot be asked.
    let mut story = form();
    let asked = story.methods.take().unwrap();
    story.answer(&asked, Err(Failure::Unreachable("refused".into())));
    assert!(!frame_text(&story).contains("browser"), "{}", frame_text(&story));
    assert!(story.methods.is_none(), "asked once");
}

#[test]
fn an_identity_provider_without_codes_is_not_offered_for_another_device() {
    let mut story = form();
    let mut methods = login_methods();
    methods.single_sign_on.as_mut().unwrap().device = Some(false);
    answered(&mut story, methods);
    let text = frame_text(&story);
    assert!(text.contains("log in with a browser") && !text.contains("another device"), "{text}");
}

#[test]
fn a_server_that_is_typed_is_asked_once_its_address_is_complete() {
    let mut story = Story::new(Setup::default(), (110, 24));
    story.tell(Msg::Tick);
    story.type_in("https://new.example");
    assert!(story.methods.is_none(), "what is being typed is no server yet");
    story.press("tab");
    assert_eq!(story.effects, [r#"Connect { server: "https://new.example" }"#]);
    answered(&mut story, login_methods());
    assert!(frame_text(&story).contains("ctrl-o log in with a browser"), "{}", frame_text(&story));
    story.press("tab tab");
    story.type_in("r");
    assert!(!frame_text(&story).contains("ctrl-o"), "another server: {}", frame_text(&story));
    story.press("backspace tab");
    assert!(story.methods.is_none(), "asked already");
    assert!(frame_text(&story).contains("ctrl-o log in with a browser"), "{}", frame_text(&story));
}

#[test]
fn a_code_for_another_device_is_shown_and_esc_gives_the_login_up() {
    let mut story = offered();
    story.press("ctrl-t");
    assert!(matches!(story.asked.last(), Some(Request::SignOn(SignOnWay::Device))));
    told(&mut story, code());
    let text = frame_text(&story);
    assert!(text.contains("enter WDJB-MJHT at https://login.example/device"), "{text}");
    story.press("ctrl-o");
    assert!(story.effects.last().unwrap().contains("user_code=WDJB-MJHT"), "{:?}", story.effects);
    let late = number(&story);
    story.press("esc");
    assert_eq!(story.effects.last().unwrap(), "GiveUp(Login)");
    story.tell(Msg::SignOn { number: late, step: code() });
    assert!(!frame_text(&story).contains("WDJB-MJHT"), "the code of a login that was given up");
    // Nor does it show up in the next login.
    story.press("ctrl-o");
    story.tell(Msg::SignOn { number: late, step: code() });
    assert!(!frame_text(&story).contains("WDJB-MJHT"), "{}", frame_text(&story));
    story.press("esc");
    // The answers that were under way change nothing.
    story.settle();
    assert!(story.model.login.is_some());
}

#[test]
fn why_the_identity_provider_lets_nobody_in_is_said_in_its_words() {
    let mut story = offered();
    story.press("ctrl-o");
    told(&mut story, page(false));
    let text = frame_text(&story);
    assert!(
        text.contains("no browser can be opened here") && text.contains("ctrl-t then gives a code"),
        "{text}"
    );
    for failure in [
        Failure::Forbidden("none of your groups has a role here".into()),
        Failure::Refused("this login has ended; begin again".into()),
    ] {
        story.failing = Some(failure.clone());
        story.settle();
        assert!(frame_text(&story).contains(&failure.to_string()), "{}", frame_text(&story));
        story.press("ctrl-t");
        told(&mut story, code());
    }
}

/// A job that this operator, who has no password, is about to approve: every field but the last is filled in.
fn about_to_approve() -> Story {
    let mut story = offered();
    story.press("ctrl-o");
    story.settle();
    story.job = job(JobState::AwaitingApproval, 50, 0, 0);
    story.press("J");
    story.settle();
    story.press("A");
    assert!(!frame_text(&story).contains("password"), "{}", frame_text(&story));
    story.type_in("approve 50 accounts of acme");
    story.press("enter");
    story
}

fn way_of_approval(story: &Story) -> Option<SignOnWay> {
    story.asked.iter().rev().find_map(|request| match request {
        Request::Act(Act::ApproveJob { proof, .. }) => proof.anew,
        _ => None,
    })
}

#[test]
fn where_others_give_their_password_an_operator_without_one_logs_in_anew() {
    let mut story = about_to_approve();
    story.press("ctrl-u");
    story.type_in("phone");
    story.press("enter");
    assert!(frame_text(&story).contains("you log in anew by browser or by device"), "{}", frame_text(&story));
    story.press("ctrl-t enter");
    assert_eq!(way_of_approval(&story), Some(SignOnWay::Device));
    assert!(frame_text(&story).contains("beginning the login"), "{}", frame_text(&story));
    told(&mut story, page(false));
    story.press("ctrl-o");
    assert_eq!(story.effects.last().unwrap(), &format!("Copy({PAGE:?})"));
    told(&mut story, code());
    assert!(frame_text(&story).contains("WDJB-MJHT"), "{}", frame_text(&story));
    told(&mut story, SignOnStep::LoggedIn);
    assert!(frame_text(&story).contains("sent, waiting for the outcome"), "{}", frame_text(&story));
    story.job = job(JobState::Running, 50, 0, 0);
    story.settle();
    assert!(story.toast().contains("begun: 50 accounts"), "{}", story.toast());
}

#[test]
fn closing_the_dialog_gives_the_change_up_as_long_as_nobody_has_logged_in() {
    for step in [None, Some(page(true))] {
        let mut story = about_to_approve();
        story.press("enter");
        assert_eq!(way_of_approval(&story), Some(SignOnWay::Browser));
        if let Some(step) = step {
            told(&mut story, step);
        }
        let number = number(&story);
        story.press("esc");
        assert_eq!(story.effects.last().unwrap(), &format!("GiveUp(Act({number}))"));
        story.failing = Some(Failure::Unproven("you have given up".into()));
        story.settle();
        assert!(
            story.toast().contains("not done: not logged in anew: you have given up"),
            "{}",
            story.toast()
        );
    }
    let mut story = about_to_approve();
    story.press("enter");
    told(&mut story, SignOnStep::LoggedIn);
    story.press("esc");
    assert!(!story.effects.last().unwrap().contains("GiveUp"), "it is under way: {:?}", story.effects);
}

#[test]
fn a_login_anew_that_fails_leaves_the_dialog_for_another_try() {
    let mut story = about_to_approve();
    story.press("enter");
    told(&mut story, page(true));
    story.failing = Some(Failure::Unproven("refused: nobody has logged in for ten minutes".into()));
    story.settle();
    let text = frame_text(&story);
    assert!(text.contains("not logged in anew") && text.contains("ten minutes"), "{text}");
    assert!(!text.contains("may have been done"), "nothing was sent: {text}");
    story.failing = None;
    story.press("ctrl-t enter");
    assert_eq!(way_of_approval(&story), Some(SignOnWay::Device));
}
