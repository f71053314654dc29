//! The id of an account as lists shorten it.

use bowline::app::{Setup, Start};
use bowline::cli::Arguments;
use bowline::registry::place::Place;
use bowline::text::short_id;
use clap::Parser as _;

use crate::fixtures::account_id;
use crate::operator::{Story, setup};
use crate::screens::frame_text;

fn opened(shortened: &str) -> Story {
    let mut story =
        Story::new(Setup { start: Some(Start::Shortened(shortened.into())), ..setup() }, (110, 24));
    story.later(0);
    story
}

#[test]
fn the_account_whose_id_is_shortened_to_this_is_searched_for_and_opened() {
    let shortened = short_id(&account_id(7).to_string());
    let mut story = opened(&shortened);
    assert_eq!(story.last_filter().text, shortened);
    story.settle();
    assert_eq!(story.model.place(), Place::Account(account_id(7)));
    story.press("q");
    assert!(frame_text(&story).contains(&shortened), "back to what was found: {}", frame_text(&story));
}

#[test]
fn where_no_account_fits_the_list_stays_and_a_later_search_opens_nothing() {
    let mut story = opened("acct_01jd…zzzzzz");
    story.settle();
    assert_eq!(story.model.place(), Place::Accounts);
    story.press("/ ctrl-u");
    story.type_in("ada");
    story.later(1_000);
    story.settle();
    assert_eq!(story.model.place(), Place::Accounts);
}

#[test]
fn the_command_line_takes_it_with_three_dots_as_well() {
    for (text, is_known) in [
        ("acct_01h4…5k2qxz", true),
        ("acct_01h4...5k2qxz", true),
        ("acct_01h4…2qxz", false),
        ("acct_…5k2qxz", false),
        ("job_01h4…5k2qxz", false),
    ] {
        let parsed = Arguments::try_parse_from(["bowline", "open", text]);
        assert_eq!(parsed.is_ok(), is_known, "{text}: {parsed:?}");
    }
}
