//! Snapshots of every screen: symbols and styles, at several widths and in several themes.

use std::fmt::Write as _;

use bowline::app::{MIN_SIZE, Msg, Setup, draw};
use bowline::client::{Answer, Failure};
use bowline::registry::action::registry;
use bowline::screen::account::facts;
use bowline::theme::Theme;
use bowline_api::status::{AccountStatus, Role};
use chrono::TimeDelta;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use crate::fixtures::{account_page, detail, now, page};
use crate::operator::{Story, setup};

fn drawn(story: &Story, theme: Theme) -> Buffer {
    let (columns, rows) = story.model.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(&story.model, theme, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// What is on the terminal, as lines.
pub(crate) fn frame_text(story: &Story) -> String {
    symbols(&drawn(story, Theme::Dark))
}

/// The symbols of the buffer as lines.
fn symbols(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = bowline::text::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The symbols, followed by each row's styled runs of cells.
fn styled(buffer: &Buffer) -> String {
    let mut text = symbols(buffer);
    for y in 0..buffer.area.height {
        let style = |x: u16| {
            let cell = &buffer[(x, y)];
            let modifiers = if cell.modifier == Modifier::empty() {
                String::new()
            } else {
                format!("{:?}", cell.modifier)
            };
            format!("{:?} {modifiers}", cell.fg).replace("Reset", "").trim().to_owned()
        };
        let mut runs = Vec::new();
        let mut from = 0;
        for x in 1..=buffer.area.width {
            if x == buffer.area.width || style(x) != style(from) {
                if !style(from).is_empty() {
                    runs.push(format!("{from}..{x} {}", style(from)));
                }
                from = x;
            }
        }
        if !runs.is_empty() {
            writeln!(text, "{y:>2}: {}", runs.join(", ")).unwrap();
        }
    }
    text
}

fn at(mut story: Story, columns: u16, rows: u16) -> Story {
    story.tell(Msg::Resize(columns, rows));
    story.settle();
    story
}

fn failing(failure: Failure) -> Story {
    let mut story = Story::with_session();
    story.failing = Some(failure);
    at(story, 80, 15)
}

#[test]
fn accounts_at_three_widths() {
    for (columns, rows) in [(120, 20), (80, 18), (60, 15)] {
        insta::assert_snapshot!(
            format!("accounts_{columns}"),
            styled(&drawn(&at(Story::settled(), columns, rows), Theme::Dark))
        );
    }
}

#[test]
fn accounts_in_every_theme() {
    for (name, theme) in [
        ("light", Theme::Light),
        ("colour_blind", Theme::ColourBlind),
        ("tritan", Theme::Tritan),
        ("mono", Theme::Mono),
        ("ascii", Theme::Ascii),
    ] {
        insta::assert_snapshot!(
            format!("accounts_{name}"),
            styled(&drawn(&at(Story::settled(), 80, 15), theme))
        );
    }
}

#[test]
fn in_ascii_only_letters_of_names_are_not_ascii() {
    for keys in ["j", "R", "?", ":", "i", "0", "J", "3", "O", "L"] {
        let mut story = at(Story::settled(), 110, 30);
        story.press(keys);
        story.settle();
        let text = symbols(&drawn(&story, Theme::Ascii));
        let left: String = text.chars().filter(|c| !c.is_ascii() && !c.is_alphabetic()).collect();
        assert_eq!(left, "", "{keys}:\n{text}");
    }
}

#[test]
fn no_theme_without_colour_uses_any() {
    let mut story = at(Story::settled(), 110, 30);
    story.press("R");
    let buffer = drawn(&story, Theme::Mono);
    assert!(
        buffer
            .content
            .iter()
            .all(|c| c.fg == ratatui::style::Color::Reset && c.bg == ratatui::style::Color::Reset)
    );
    assert!(buffer.content.iter().any(|c| c.modifier.contains(Modifier::BOLD)));
}

#[test]
fn an_account_wide_and_narrow() {
    for (columns, rows) in [(120, 34), (70, 24)] {
        let mut story = at(Story::settled(), columns, rows);
        story.press("j j enter");
        story.settle();
        insta::assert_snapshot!(format!("account_{columns}"), styled(&drawn(&story, Theme::Dark)));
    }
}

#[test]
fn an_expired_token_is_refreshed_only_where_tokens_are_issued() {
    for status in AccountStatus::ALL.iter().copied() {
        let mut detail = detail(0);
        detail.summary.account.status = status.into();
        detail.token.as_mut().unwrap().access_expires_at = Some(now() - TimeDelta::hours(3));
        let text = format!("{:?}", facts(&detail, now()));
        assert!(text.contains(r#""expired", "3 h ago"#), "{text}");
        assert_eq!(text.contains("refreshed at the next use"), status == AccountStatus::Active, "{text}");
    }
}

#[test]
fn the_other_screens_and_overlays() {
    let shot = |name: &str, keys: &str| {
        let mut story = at(Story::settled(), 100, 30);
        story.press(keys);
        story.settle();
        insta::assert_snapshot!(name, symbols(&drawn(&story, Theme::Dark)));
    };
    shot("tenants", "2");
    shot("audit", "3");
    shot("help", "?");
    shot("palette", ": r e");
    shot("revoke", "R w h y enter x enter");
    shot("connectors", "4");
    shot("api_keys", "5");
    shot("details", "3 enter");
    shot("acts", "O");
    shot("jobs", "J");
    let mut story = at(Story::settled(), 100, 30);
    story.job = crate::fixtures::job(bowline_api::status::JobState::Finished, 50, 47, 3);
    story.press("J");
    story.settle();
    story.press("enter");
    story.settle();
    insta::assert_snapshot!("job", symbols(&drawn(&story, Theme::Dark)));
    shot("marks", "space j v j j");
    shot("revoke_many", "space space R w h y enter");
}

#[test]
fn the_login_form() {
    let mut story = at(Story::new(Setup { has_session: false, ..setup() }, (80, 24)), 80, 24);
    story.type_in("secret");
    insta::assert_snapshot!("login", styled(&drawn(&story, Theme::Dark)));
}

#[test]
fn every_state_of_a_list_says_in_words_what_it_is() {
    let first_load = {
        let mut s = Story::with_session();
        s.tell(Msg::Resize(80, 15));
        s
    };
    insta::assert_snapshot!("state_first_load", symbols(&drawn(&first_load, Theme::Dark)));

    let mut empty = Story::with_session();
    empty.accounts = 0;
    empty.settle();
    empty.press("/");
    empty.type_in("nobody");
    empty.press("enter");
    insta::assert_snapshot!("state_empty", symbols(&drawn(&at(empty, 80, 15), Theme::Dark)));

    let mut stale = at(Story::settled(), 80, 15);
    stale.failing = Some(Failure::Unreachable("Connection refused".into()));
    stale.press("r");
    stale.settle();
    insta::assert_snapshot!("state_stale", styled(&drawn(&stale, Theme::Dark)));

    let mut more = at(Story::settled(), 80, 15);
    more.press("G");
    insta::assert_snapshot!("state_loading_more", symbols(&drawn(&more, Theme::Dark)));

    for (name, failure) in [
        ("offline", Failure::Unreachable("Connection refused".into())),
        (
            "busy",
            Failure::Busy {
                detail: "too many requests".into(),
                retry_after: Some(std::time::Duration::from_secs(42)),
            },
        ),
        (
            "server_error",
            Failure::Server { status: 500, detail: "oops".into(), request_id: "req_7f3a".into() },
        ),
        ("unauthorised", Failure::Unauthorised("ended".into())),
        ("malformed", Failure::Malformed("at line 1 column 1".into())),
    ] {
        insta::assert_snapshot!(format!("state_{name}"), symbols(&drawn(&failing(failure), Theme::Dark)));
    }

    let mut forbidden = Story::settled();
    forbidden.role = Role::Viewer;
    forbidden.press("3");
    forbidden.failing = Some(Failure::Forbidden("the audit log is for admins".into()));
    insta::assert_snapshot!("state_forbidden", symbols(&drawn(&at(forbidden, 80, 15), Theme::Dark)));
}

#[test]
fn help_and_palette_cut_no_label_and_no_default_key_on_the_smallest_terminal() {
    let mut story = Story::with_session();
    story.role = Role::Admin;
    story.settle();
    let mut story = at(story, MIN_SIZE.0, MIN_SIZE.1);
    for (opened_with, down, here_only) in [("?", "j", false), (":", "down", true)] {
        story.press(opened_with);
        let mut text = String::new();
        for _ in registry() {
            text += &symbols(&drawn(&story, Theme::Dark));
            story.press(down);
        }
        story.press("esc");
        let actions = story.model.screen().actions();
        for entry in registry().filter(|entry| !here_only || entry.works_with(actions)) {
            let keys = story.model.keymap.keys_of(entry.action);
            let is_whole = |line: &str| {
                let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                let line = words(line);
                line.contains(&words(&format!("{keys} {}", entry.label)))
                    || line.contains(&words(&format!("{} {keys}", entry.label)))
            };
            assert!(text.lines().any(is_whole), "{opened_with} {}\n{text}", entry.name);
        }
    }
}

#[test]
fn a_terminal_that_is_too_small_says_what_is_needed() {
    for (columns, rows) in [(59, 15), (60, 14), (1, 1), (20, 3)] {
        let text = symbols(&drawn(&at(Story::settled(), columns, rows), Theme::Dark));
        assert!(columns < 20 || text.replace('\n', " ").contains("too small"), "{text}");
    }
}

#[test]
fn hostile_names_are_shown_inert_and_on_their_own_line() {
    let mut story = Story::with_session();
    let mut rows = account_page(4, None, 100);
    rows.items[0].account.email = "a\u{1b}[2J\u{9b}1;31m@x\r\nfake row".into();
    rows.items[1].account.email = format!("z{}@x.example", "\u{0301}".repeat(80));
    rows.items[2].account.display_name = "\u{202e}rotartsinimda\u{2066}".into();
    rows.items[3].account.display_name = "in\u{200b}visi\u{2060}ble".into();
    let calls: Vec<_> = std::mem::take(&mut story.waiting);
    for call in &calls {
        if matches!(call.2, bowline::client::Request::Accounts(..)) {
            story.answer(call, Ok(Answer::Accounts(page(rows.items.clone()))));
        }
    }
    let buffer = drawn(&at(story, 120, 15), Theme::Dark);
    for cell in &buffer.content {
        assert!(
            cell.symbol().chars().all(|c| !c.is_control() && !"\u{202e}\u{2066}\u{200b}\u{2060}".contains(c))
        );
        assert!(cell.symbol().chars().count() <= 3, "{:?}", cell.symbol());
    }
    insta::assert_snapshot!("hostile", symbols(&buffer));
}
