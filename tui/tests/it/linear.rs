//! The linear mode: what a screen reader gets to read, line by line.

use bowline::app::{Presentation, Setup, draw};
use bowline::terminal::{LINEAR_SIZE, Linear};
use bowline::theme::Theme;
use ratatui::Terminal;

use crate::fixtures::account_id;
use crate::operator::{Story, setup};
use crate::server::{PASSWORD, Server, email};
use crate::window::{Window, configured};

/// An operator and what was told to them.
struct Listener {
    story: Story,
    terminal: Terminal<Linear<Vec<u8>>>,
    /// How much was read already.
    read: usize,
}

impl Listener {
    fn new() -> Self {
        let mut story = Story::new(Setup { presentation: Presentation::Linear, ..setup() }, LINEAR_SIZE);
        story.later(0);
        Self { story, terminal: Terminal::new(Linear::new(Vec::new())).unwrap(), read: 0 }
    }

    /// Answers what was asked, and returns what is told after that.
    fn listen(&mut self) -> String {
        self.story.settle();
        let model = &self.story.model;
        self.terminal.draw(|frame| draw(model, Theme::Mono, frame)).unwrap();
        let told = &self.terminal.backend().out()[self.read..];
        self.read += told.len();
        String::from_utf8(told.to_vec()).unwrap().replace("\r\n", "\n")
    }

    /// Presses these keys, and returns what is told after that.
    fn press(&mut self, keys: &str) -> String {
        self.story.press(keys);
        format!("[{keys}]\n{}\n", self.listen())
    }

    /// Types this text, a key for each frame.
    fn type_in(&mut self, text: &str) -> String {
        let told = |key: char| {
            self.story.type_in(&key.to_string());
            self.listen()
        };
        text.chars().map(told).collect()
    }
}

#[test]
fn a_whole_story_can_be_followed_by_what_is_told() {
    let mut listener = Listener::new();
    let mut told = listener.listen();
    told += &listener.press("j");
    told += &listener.press("k");
    told += &listener.press("enter");
    told += &listener.press("R");
    told += &listener.type_in("asked by the user");
    told += &listener.press("tab");
    let end = listener.story.end_of_id();
    told += &listener.type_in(&end);
    told += &listener.press("enter");
    told += &listener.press("q");
    insta::assert_snapshot!(told);
}

#[test]
fn time_that_passes_is_silent_and_everything_is_told_again_on_demand() {
    let mut listener = Listener::new();
    let first = listener.listen();
    listener.story.model.now += chrono::TimeDelta::seconds(4);
    assert_eq!(listener.listen(), "");
    listener.story.press("ctrl-l");
    assert_eq!(listener.story.effects.last().unwrap(), "Redraw");
    ratatui::backend::Backend::clear(listener.terminal.backend_mut()).unwrap();
    listener.terminal.swap_buffers();
    let again = listener.listen();
    assert_eq!(again.lines().count(), first.lines().count(), "{again}");
}

#[test]
fn the_program_moves_no_cursor_and_clears_nothing_from_login_to_the_outcome() {
    let server = Server::start();
    let config = configured(&server.url);
    let mut window = Window::open(config.path(), &["--plain", "open", &account_id(2).to_string()]);
    window.wait_for("log in");
    window.type_in(PASSWORD);
    window.type_in("\r");
    window.wait_for("Katherine Johnson");
    window.type_in("R");
    window.wait_for("cannot be undone");
    window.type_in("asked by the user\t");
    let id = account_id(2).to_string();
    let end = &id[id.len() - 6..];
    // The field is there, and what was typed ahead of it is discarded by now.
    window.wait_for(&format!("asked by the user\ntype {end}"));
    window.type_by_hand(end);
    window.wait_for("ready: press enter to revoke");
    window.type_in("\r");
    window.wait_for("revoke katherine");
    assert_eq!(*server.facts.revoked.lock().unwrap(), [(account_id(2), "asked by the user".to_owned())]);
    window.type_in("q");
    window.wait_for(&email(0));
    window.type_in("\u{3}");
    let (code, raw) = window.end();
    assert_eq!(code, 0);
    let raw = String::from_utf8(raw).unwrap();
    let sequences: Vec<&str> =
        raw.split('\u{1b}').skip(1).map(|after| &after[..after.len().min(7)]).collect();
    assert_eq!(sequences, ["[?2004h", "[?2004l"], "{raw:?}");
    assert!(!raw.contains(PASSWORD));
}
