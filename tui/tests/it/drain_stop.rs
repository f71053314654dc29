//! The automatic stop of API keys: what an operator sees of it, and how a key works again.

use bowline::app::Msg;
use bowline::client::{Act, Request};
use bowline_api::status::Role;
use secrecy::ExposeSecret as _;

use crate::operator::Story;
use crate::screens::frame_text;

fn keys(role: Role) -> Story {
    let mut story = Story::with_session();
    story.role = role;
    story.settle();
    story.press("5");
    story.settle();
    story
}

#[test]
fn a_suspended_key_says_why_and_works_again_with_a_reason_and_ones_own_password() {
    let mut story = keys(Role::Operator);
    story.press("S");
    assert!(story.toast().contains("is not suspended"), "{}", story.toast());
    assert!(frame_text(&story).contains("‖ suspended 2 h: it "), "{}", frame_text(&story));
    story.press("G S");
    assert!(
        frame_text(&story).contains("suspended 2026-11-23 16:25:07Z: it fetched"),
        "{}",
        frame_text(&story)
    );
    story.press("enter enter");
    assert!(frame_text(&story).contains("a reason of"), "{}", frame_text(&story));
    story.press("up");
    story.type_in("it was their export");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    let act = story.asked.iter().rev().find_map(|request| match request {
        Request::Act(act) => Some(act),
        _ => None,
    });
    let Some(Act::ResumeApiKey { reason, proof, .. }) = act else { panic!("{:?}", story.asked) };
    assert_eq!((&**reason, proof.password.expose_secret()), ("it was their export", "my own CANARY"));
    story.settle();
    assert!(story.toast().contains("the key works again"), "{}", story.toast());
    assert!(!frame_text(&story).contains("‖ suspended"), "{}", frame_text(&story));
}

#[test]
fn a_viewer_cannot_resume_a_key() {
    let mut story = keys(Role::Viewer);
    story.press("G S");
    assert_eq!(story.toast(), "refused: this needs the role operator; yours is viewer");
    assert!(story.model.dialogs.is_empty());
}

#[test]
fn the_list_of_tenants_says_which_have_an_automatic_stop() {
    let mut story = Story::settled();
    story.tell(Msg::Resize(150, 24));
    story.press("2");
    story.settle();
    let frame = frame_text(&story);
    let line = |tenant: &str| frame.lines().find(|line| line.contains(tenant)).unwrap().to_owned();
    assert!(frame.contains("KEY STOP"), "{frame}");
    assert!(line("Acme Photos").contains(" off ") && line("Globex").contains(" announced "), "{frame}");
    story.press("j i");
    let details = frame_text(&story);
    assert!(details.contains("SUSPENDED an API key above 10 ×"), "{details}");
}
