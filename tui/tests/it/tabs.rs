//! Tabs, each with its own stack of views.

use bowline::registry::place::Place;

use crate::fixtures::account_id;
use crate::operator::Story;
use crate::screens::frame_text;

fn title(story: &Story) -> String {
    frame_text(story).lines().next().unwrap().to_owned()
}

#[test]
fn each_tab_keeps_its_views_and_the_title_names_them() {
    let mut story = Story::settled();
    assert!(!title(&story).contains("1 accounts"), "one tab needs no name");
    story.press("/");
    story.type_in("status:active");
    story.press("enter");
    story.settle();
    story.press("j enter");
    story.settle();
    let account = story.model.place();
    story.press("t");
    story.settle();
    assert_eq!(story.model.place(), account, "a new tab shows the same");
    story.press("3");
    story.settle();
    assert!(title(&story).contains("1 account [2 audit]"), "{}", title(&story));
    story.press("tab");
    assert_eq!(story.model.place(), account);
    assert!(title(&story).contains("[1 account] 2 audit"), "{}", title(&story));
    story.press("q");
    assert!(frame_text(&story).contains("/ status:active"), "its own stack: {}", frame_text(&story));
    story.press("tab");
    assert_eq!(story.model.place(), Place::Audit);
    story.press("x");
    assert_eq!(story.model.place(), Place::Accounts);
    assert!(!title(&story).contains("1 accounts"), "{}", title(&story));
    story.press("x");
    assert!(story.toast().contains("the only tab"), "{}", story.toast());
    assert!(story.effects.is_empty(), "nothing has ended: {:?}", story.effects);
}

#[test]
fn answers_reach_the_tab_that_asked_and_changes_reach_all() {
    let mut story = Story::settled();
    story.press("t");
    let of_second = std::mem::take(&mut story.waiting);
    assert!(!of_second.is_empty(), "the new tab asks for its own rows");
    story.press("tab 2");
    story.settle();
    assert!(frame_text(&story).contains("Globex"), "{}", frame_text(&story));
    story.waiting = of_second;
    story.settle();
    assert!(frame_text(&story).contains("Globex"), "the current tab stays: {}", frame_text(&story));
    story.press("tab");
    story.settle();
    assert!(frame_text(&story).contains("ada@acme.example"), "{}", frame_text(&story));

    // The same account in two tabs: suspended in one, shown as suspended in the other.
    story.press("tab 1 tab S");
    story.type_in("reported as stolen");
    story.press("enter");
    story.settle();
    story.press("tab");
    assert_eq!(story.model.screen().id(), Some(account_id(0).to_string()));
    assert!(frame_text(&story).contains("‖ suspended"), "{}", frame_text(&story));
}

#[test]
fn leaving_the_first_level_of_a_tab_closes_it_and_the_last_tab_stays() {
    let mut story = Story::settled();
    story.press("t t t t t t t t");
    assert!(
        title(&story).contains("tab 9 of 9") || title(&story).contains("[9 accounts]"),
        "{}",
        title(&story)
    );
    story.press("t");
    assert!(story.toast().contains("close one first"), "{}", story.toast());
    story.press("q q q q q q q q");
    assert!(story.effects.is_empty(), "{:?}", story.effects);
    assert!(!frame_text(&story).contains("q back"), "{}", frame_text(&story));
    story.press("q");
    assert!(story.effects.is_empty() && story.toast().contains("ctrl-c quits"), "{}", story.toast());
}
