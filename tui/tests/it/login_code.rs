//! The login form with one-time codes.

use bowline::app::Setup;
use bowline::app::login::LoginFocus;
use bowline::client::{Failure, Request};
use bowline::widget::text_field::TextField;
use secrecy::{ExposeSecret as _, SecretString};

use crate::operator::{Story, setup};
use crate::screens::frame_text;

#[test]
fn the_login_form_asks_for_a_code_when_the_server_does() {
    let mut story = Story::new(Setup { has_session: false, ..setup() }, (110, 24));
    story.type_in("correct horse");
    story.press("enter");
    story.failing = Some(Failure::CodeRequired("send a code".into()));
    story.settle();
    let form = story.model.login.as_ref().unwrap();
    assert_eq!(form.focus, LoginFocus::Code);
    assert!(form.message.as_deref().unwrap().contains("authenticator app"));
    story.press("tab tab tab tab");
    story.type_in("123456");
    let text = frame_text(&story);
    assert!(text.contains("••••••") && !text.contains("123456"), "{text}");
    story.press("enter");
    let Some(Request::Login { proof, .. }) = story.asked.last() else { panic!("{:?}", story.asked) };
    assert_eq!(proof.code.as_ref().map(SecretString::expose_secret), Some("123456"));
    assert_eq!(proof.password.expose_secret(), "correct horse");
    // A wrong code: the next one is asked for, and the password stays.
    story.failing = Some(Failure::Unauthorised("no".into()));
    story.settle();
    let form = story.model.login.as_ref().unwrap();
    assert_eq!((form.focus, form.code.as_ref().map(TextField::text)), (LoginFocus::Code, Some("")));
    story.failing = None;
    story.type_in("654321");
    story.press("enter");
    story.settle();
    assert!(story.model.login.is_none());
}
