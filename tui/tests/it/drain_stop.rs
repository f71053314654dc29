//! The automatic stop of API keys: what an operator sees of it, and how a key works again.

use bowline::app::Msg;
use bowline::client::{Act, Request, WantedStop};
use bowline::dialog::change::Purpose;
use bowline_api::status::Role;
use secrecy::ExposeSecret as _;

use crate::fixtures::api_keys;
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

/// The line of hints.
fn hints(story: &Story) -> String {
    let frame = frame_text(story);
    frame.lines().rev().nth(1).unwrap().to_owned()
}

fn last_act<'s>(story: &'s Story) -> &'s Act {
    let act = |request: &'s Request| match request {
        Request::Act(act) => Some(act),
        _ => None,
    };
    story.asked.iter().rev().find_map(act).unwrap()
}

/// The tenants, as an operator of this role sees them.
fn tenants(role: Role) -> Story {
    let mut story = Story::with_session();
    story.role = role;
    story.settle();
    story.tell(Msg::Resize(150, 30));
    story.press("2");
    story.settle();
    story
}

#[test]
fn a_suspended_key_says_why_and_works_again_with_a_reason_and_ones_own_password() {
    let mut story = keys(Role::Operator);
    story.press("S");
    assert!(story.toast().contains("is not suspended"), "{}", story.toast());
    assert!(!hints(&story).contains(" S "), "{}", hints(&story));
    assert!(frame_text(&story).contains("‖ suspended 2 h: it "), "{}", frame_text(&story));
    story.press("G");
    assert!(hints(&story).contains("S resume"), "{}", hints(&story));
    story.press("S");
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
    let Act::ResumeApiKey { reason, proof, .. } = last_act(&story) else { panic!("{:?}", story.asked) };
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
    let mut story = tenants(Role::Viewer);
    let frame = frame_text(&story);
    let line = |tenant: &str| frame.lines().find(|line| line.contains(tenant)).unwrap().to_owned();
    assert!(frame.contains("KEY STOP"), "{frame}");
    assert!(line("Acme Photos").contains(" off ") && line("Globex").contains(" announced "), "{frame}");
    story.press("j i");
    let details = frame_text(&story);
    assert!(details.contains("SUSPENDED an API key above 10 ×"), "{details}");
}

#[test]
fn an_admin_sets_the_automatic_stop_of_a_tenant_and_begins_with_what_there_is() {
    let mut story = tenants(Role::Admin);
    story.press("d");
    assert!(frame_text(&story).contains("now off"), "{}", frame_text(&story));
    story.press("esc j d");
    assert!(frame_text(&story).contains("now on: above 10 ×"), "{}", frame_text(&story));
    let dialog = story.change_dialog();
    let filled = [Purpose::Switch, Purpose::Times, Purpose::Least].map(|field| dialog.text_of(field));
    assert_eq!(filled, ["on", "10", "1000"]);
    // What the server would refuse is said before it is asked.
    story.press("down ctrl-u");
    story.type_in("1");
    story.press("enter enter");
    story.type_in("more than before");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    assert!(frame_text(&story).contains("the factor is 2 to 1000"), "{}", frame_text(&story));
    story.press("up up up ctrl-u");
    story.type_in("20");
    story.press("enter enter enter enter");
    let Act::SetDrainStop { wanted, reason, proof, .. } = last_act(&story) else { panic!("another act") };
    assert_eq!(*wanted, WantedStop { enabled: true, times: Some(20), least: Some(1000) });
    assert_eq!((&**reason, proof.password.expose_secret()), ("more than before", "my own CANARY"));
    story.settle();
    assert!(story.toast().contains("the automatic stop is on"), "{}", story.toast());

    story.press("d ctrl-u");
    story.type_in("off");
    story.press("enter enter enter");
    story.type_in("they left");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    let Act::SetDrainStop { wanted, .. } = last_act(&story) else { panic!("another act") };
    assert!(!wanted.enabled);
    story.settle();
    assert!(story.toast().contains("the automatic stop is off"), "{}", story.toast());
}

#[test]
fn an_operator_announces_a_mass_fetch_of_all_keys_or_of_the_selected_one() {
    let mut story = tenants(Role::Operator);
    story.press("d");
    assert_eq!(story.toast(), "refused: this needs the role admin; yours is operator");
    story.press("H");
    assert!(story.toast().contains("needs no announcement"), "{}", story.toast());
    story.press("j");
    assert!(hints(&story).contains("H announce"), "{}", hints(&story));
    story.press("H");
    assert!(frame_text(&story).contains("also a stolen one"), "{}", frame_text(&story));
    story.press("ctrl-u");
    story.type_in("90");
    story.press("enter enter");
    story.type_in("a new export");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    let Act::AnnounceFetch { minutes, key, reason, .. } = last_act(&story) else { panic!("another act") };
    assert_eq!((*minutes, *key, &**reason), (90, None, "a new export"));
    story.settle();
    assert!(story.toast().contains("a mass fetch announced until"), "{}", story.toast());

    let mut story = keys(Role::Operator);
    story.press("H");
    let id = api_keys()[0].id;
    assert_eq!(story.change_dialog().text_of(Purpose::OnlyKey), id.to_string());
    story.press("down");
    story.type_in("x");
    assert!(story.change_dialog().missing().is_some_and(|why| why.contains("key_")), "it is no key any more");
    story.press("backspace enter");
    story.type_in("a new export");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    let Act::AnnounceFetch { minutes, key, .. } = last_act(&story) else { panic!("another act") };
    assert_eq!((*minutes, *key), (60, Some(id)));
}
