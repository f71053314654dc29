//! What an operator may do on a screen, and what counts as their own hand.

use bowline::app::Msg;
use bowline::client::Request;
use bowline_api::status::Role;

use crate::operator::{Story, setup};
use crate::screens::frame_text;

fn acts(story: &Story) -> usize {
    story.asked.iter().filter(|request| matches!(request, Request::Act(_))).count()
}

#[test]
fn what_an_operator_may_not_do_is_neither_hinted_nor_done_on_any_screen() {
    for (role, place, hint, keys, needed) in [
        (Role::Operator, "4", "S suspend", "S", "admin"),
        (Role::Operator, "5", "R revoke", "R", "admin"),
        (Role::Viewer, "4", "E new secret", "E", "admin"),
        (Role::Viewer, "1", "R revoke", "R", "operator"),
    ] {
        let shown = |role: Role| {
            let mut story = Story::new(setup(), (140, 30));
            story.role = role;
            story.tell(Msg::Tick);
            story.settle();
            story.press(place);
            story.settle();
            let hints = frame_text(&story).contains(hint);
            story.press(keys);
            (hints, story)
        };
        let (hinted, story) = shown(role);
        assert!(!hinted, "{place} offers {role} {hint}");
        assert_eq!(story.toast(), format!("refused: this needs the role {needed}; yours is {role}"));
        assert!(story.model.dialogs.is_empty());
        let (hinted, story) = shown(Role::Admin);
        assert!(hinted && !story.model.dialogs.is_empty(), "{place} offers an admin {hint}");
    }
    let mut story = Story::settled();
    story.press("5");
    story.settle();
    story.press(":");
    story.type_in("revoke");
    assert!(frame_text(&story).contains("revoke permanently · needs admin"), "{}", frame_text(&story));
}

#[test]
fn what_was_typed_ahead_of_a_confirmation_is_discarded_and_a_burst_is_a_paste() {
    let mut story = Story::settled();
    let end = story.end_of_id();
    story.press("R");
    story.type_in("asked by the user");
    assert_eq!(story.discarded, 0, "a reason may be pasted");
    story.press("enter");
    assert_eq!(story.discarded, 1);
    story.type_in(&end);
    story.tell(Msg::Burst);
    assert!(frame_text(&story).contains("pasting does not confirm"), "{}", frame_text(&story));
    story.press("enter");
    assert_eq!(acts(&story), 0);
    story.type_in(&end);
    story.press("enter");
    assert_eq!(acts(&story), 1);
}
