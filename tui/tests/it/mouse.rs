//! The mouse: a click selects, a second one opens, the wheel scrolls, and the terminal gets it back.

use bowline::app::Msg;
use bowline::registry::place::Place;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use nix::sys::signal::{Signal, kill};

use crate::fixtures::account_id;
use crate::operator::Story;
use crate::screens::frame_text;
use crate::server::{Server, email};
use crate::window::{Window, assert_given_back, configured, log_in};

fn mouse(story: &mut Story, kind: MouseEventKind, row: u16) {
    story.tell(Msg::Mouse(MouseEvent { kind, column: 20, row, modifiers: KeyModifiers::NONE }));
}

#[test]
fn a_click_selects_a_row_a_second_one_opens_it_and_the_wheel_scrolls() {
    const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
    let mut story = Story::settled();
    let id = |story: &Story| story.model.screen().id();
    let row = |story: &Story, sign: &str| {
        let text = frame_text(story);
        u16::try_from(text.lines().position(|line| line.contains(sign)).unwrap()).unwrap()
    };
    let katherine = row(&story, "katherine");
    mouse(&mut story, CLICK, katherine);
    assert_eq!(id(&story), Some(account_id(2).to_string()));
    assert_eq!(row(&story, "▶"), katherine);
    mouse(&mut story, MouseEventKind::ScrollDown, 9);
    assert_eq!(id(&story), Some(account_id(5).to_string()));
    for elsewhere in [0, 1, 3, 4, 21, 22, 23, 200] {
        mouse(&mut story, CLICK, elsewhere);
    }
    assert_eq!(id(&story), Some(account_id(5).to_string()), "the frame is no row");
    story.press("?");
    let help = frame_text(&story);
    mouse(&mut story, CLICK, katherine);
    assert_eq!(frame_text(&story), help, "a click goes through no dialog");
    story.press("esc");
    mouse(&mut story, MouseEventKind::ScrollUp, 9);
    mouse(&mut story, CLICK, katherine);
    assert_eq!(story.model.place(), Place::Account(account_id(2)));
}

#[test]
fn the_terminal_has_the_mouse_again_however_the_program_ends() {
    let server = Server::start();
    for signal in [None, Some(Signal::SIGTERM)] {
        let config = configured(&server.url);
        let mut window = Window::open(config.path(), &[]);
        log_in(&mut window);
        window.type_in("m");
        window.wait_for("gives it back to the terminal");
        // A click on the second row, as a terminal reports it.
        window.type_in("\u{1b}[<0;10;7M");
        window.wait(&email(1), |seen| {
            seen.emulator
                .screen()
                .contents()
                .lines()
                .any(|line| line.contains("▶") && line.contains(&email(1)))
        });
        match signal {
            Some(signal) => kill(window.pid(), signal).unwrap(),
            None => window.type_in("\u{3}"),
        }
        let (_, raw) = window.end();
        assert_given_back(&raw);
        let text = String::from_utf8_lossy(&raw);
        let last = |sequence: &str| text.rfind(sequence);
        assert!(
            last("\u{1b}[?1000h").is_some() && last("\u{1b}[?1000l") > last("\u{1b}[?1000h"),
            "{signal:?}"
        );
    }
}
