//! Undoing a change by one key, and freezing a tenant, which no key undoes.

use bowline::app::Msg;
use bowline::client::{Act, Request};
use bowline_api::status::Role;

use crate::operator::Story;
use crate::screens::frame_text;

fn acts(story: &Story) -> Vec<Act> {
    let act = |request: &Request| match request {
        Request::Act(act) => Some(act.clone()),
        _ => None,
    };
    story.asked.iter().filter_map(act).collect()
}

fn suspend(story: &mut Story) {
    story.press("S");
    story.type_in("looks stolen");
    story.press("enter");
    story.settle();
}

#[test]
fn a_suspension_is_undone_by_one_key_for_some_seconds() {
    let mut story = Story::settled();
    suspend(&mut story);
    assert!(story.toast().ends_with("— u undoes it"), "{}", story.toast());
    story.press("u");
    story.settle();
    let made = acts(&story);
    let [Act::SuspendAccount { id, .. }, Act::ResumeAccount { id: resumed, reason }] = made.as_slice() else {
        panic!("{made:?}");
    };
    assert_eq!((id, reason.as_str()), (resumed, "undone at once: looks stolen"));
    assert!(
        story.toast().contains("undo: suspend") && !story.toast().contains("undoes"),
        "{}",
        story.toast()
    );
    story.press("u");
    assert!(story.toast().starts_with("nothing to undo"), "{}", story.toast());

    suspend(&mut story);
    story.later(11_000);
    story.press("u");
    assert_eq!(acts(&story).len(), 3, "the time is over");
}

#[test]
fn what_cannot_be_undone_or_is_of_another_server_is_not() {
    let mut story = Story::settled();
    suspend(&mut story);
    story.press("R");
    story.type_in("leaked");
    story.press("enter");
    let end = story.end_of_id();
    story.type_in(&end);
    story.press("enter");
    story.settle();
    assert!(!story.toast().contains("undoes"), "{}", story.toast());
    story.press("u");
    assert_eq!(acts(&story).len(), 2, "the suspension is not the last change any more");

    let mut story = Story::settled();
    suspend(&mut story);
    story.press("C j enter");
    story.press("u");
    assert_eq!(acts(&story).len(), 1, "another server is shown");
}

#[test]
fn a_tenant_is_frozen_by_its_name_typed_by_hand_and_not_undone_by_one_key() {
    let mut story = Story::settled();
    story.role = Role::Admin;
    story.model.operator = Some(crate::fixtures::operator(Role::Admin));
    story.press("2");
    story.settle();
    story.press("S");
    story.type_in("keys leaked");
    story.press("enter enter");
    assert_eq!(acts(&story).len(), 0, "enter alone does not freeze");
    story.tell(Msg::Paste("acme".into()));
    story.press("enter");
    assert_eq!(acts(&story).len(), 0, "neither does a paste");
    story.type_in("acme");
    story.press("enter");
    story.settle();
    let text = frame_text(&story);
    assert!(text.contains("‖ frozen now"), "{text}");
    assert!(!story.toast().contains("undoes"), "{}", story.toast());
    story.press("S");
    assert!(frame_text(&story).contains("thaw"), "the same key thaws");
}
