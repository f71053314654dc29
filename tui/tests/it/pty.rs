//! The real program on a real pty, watched by a terminal emulator.

use std::io::Read as _;
use std::path::Path;

use nix::sys::signal::{Signal, kill};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::fixtures::account_id;
use crate::server::{PASSWORD, Server, email};
use crate::window::{Window, assert_given_back, configured, log_in};

#[test]
fn an_operator_logs_in_finds_an_account_revokes_it_and_leaves() {
    let server = Server::start();
    let config = configured(&server.url);
    let mut window = Window::open(config.path(), &[]);
    log_in(&mut window);
    window.type_in("/katherine");
    window.wait_gone(&email(0));
    window.wait_for("katherine");
    window.type_in("\r\r");
    window.wait_for("Timeline");
    window.wait_for("Katherine Johnson");
    window.type_in("R");
    window.wait_for("cannot be undone");
    let id = account_id(2).to_string();
    let end = &id[id.len() - 6..];
    window.type_in(&format!("asked by the user\r{end}\r"));
    window.wait_for(&format!("▶ type {end}"));
    window.wait_for("asked by the user");
    window.type_in(end);
    window.wait_for("pasting does not confirm");
    assert!(
        server.facts.revoked.lock().unwrap().is_empty(),
        "neither what was typed ahead nor a paste counts"
    );
    window.type_by_hand(end);
    window.wait_for("ready: press enter to revoke");
    window.type_in("\r");
    window.wait_for("✓ revoke");
    assert_eq!(*server.facts.revoked.lock().unwrap(), [(account_id(2), "asked by the user".to_owned())]);
    window.type_in("q");
    window.wait_gone("Timeline");
    window.type_in("q");
    window.wait_for("ctrl-c quits");
    window.type_in("\u{3}");
    let (code, raw) = window.end();
    assert_eq!(code, 0);
    assert_given_back(&raw);
    assert!(!String::from_utf8_lossy(&raw).contains(PASSWORD));
    assert!(!String::from_utf8_lossy(&raw).contains("CANARY"));
}

#[test]
fn with_the_server_down_there_is_a_frame_and_with_it_up_again_there_are_accounts() {
    let (url, port) = Server::nobody();
    let server = Server::start_at(port);
    let config = configured(&url);
    let mut window = Window::open(config.path(), &[]);
    log_in(&mut window);
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);
    drop(server);

    let mut window = Window::open(config.path(), &[]);
    window.wait_for("offline");
    window.wait_for("retry in");
    window.type_in("?");
    window.wait_for("half a page down");
    window.type_in("\u{1b}");
    let server = Server::start_at(port);
    window.wait_for(&email(0));
    drop(server);
    window.type_in("r");
    window.wait_for("stale");
    window.wait_for(&email(0));
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);
}

#[test]
fn signals_end_it_with_the_terminal_given_back() {
    let (url, _) = Server::nobody();
    let config = configured(&url);
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGHUP, 129), (Signal::SIGINT, 130)] {
        let window = Window::open(config.path(), &[]);
        window.wait_for("log in");
        kill(window.pid(), signal).unwrap();
        let (ended, raw) = window.end();
        assert_eq!(ended, code, "{signal}");
        assert_given_back(&raw);
    }
}

#[test]
fn a_stopped_client_gives_the_terminal_back_and_takes_it_again() {
    let (url, _) = Server::nobody();
    let config = configured(&url);
    let mut window = Window::open(config.path(), &[]);
    window.wait_for("log in");
    kill(window.pid(), Signal::SIGTSTP).unwrap();
    window.wait("the main screen", |seen| !seen.emulator.screen().alternate_screen());
    let pid = window.pid();
    window.wait("the alternate screen", |seen| {
        // The main screen appears a moment before the client stops, so a single SIGCONT could come too early.
        kill(pid, Signal::SIGCONT).unwrap();
        seen.emulator.screen().alternate_screen()
    });
    window.wait_for("log in");
    window.type_in("\u{3}");
    let (code, raw) = window.end();
    assert_eq!(code, 0);
    assert_given_back(&raw);
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let example = Path::new(env!("CARGO_BIN_EXE_bowline")).parent().unwrap().join("examples/panics");
    let config = tempfile::tempdir().unwrap();
    let window = Window::spawn(example.to_str().unwrap(), config.path(), &[]);
    let (code, raw) = window.end();
    assert_eq!(code, 101);
    assert_given_back(&raw);
    let text = String::from_utf8_lossy(&raw);
    assert!(text.rfind("on purpose") > text.rfind("\u{1b}[?1049l"), "{text}");
}

#[test]
fn a_key_without_a_meaning_writes_no_byte() {
    let (url, _) = Server::nobody();
    let written = |noise: &str| {
        let config = configured(&url);
        let mut window = Window::open(config.path(), &[]);
        window.wait_for("log in");
        // ctrl-x and ctrl-g have no action; the letter after them shows that they have been read.
        window.type_in(noise);
        window.type_in("a");
        window.wait_for("•");
        window.type_in("\u{3}");
        window.end().1
    };
    assert_eq!(written("\u{18}\u{7}\u{18}\u{18}"), written(""));
}

#[test]
fn hostile_names_leave_no_byte_of_their_own_on_the_terminal() {
    let server = Server::start();
    let name = "HOSTILE\u{1b}]0;owned\u{7}\u{1b}[999;999H\u{9b}31m\u{202e}\u{200b}\r\nend";
    *server.facts.name.lock().unwrap() = Some(name.to_owned());
    let config = configured(&server.url);
    let mut window = Window::open(config.path(), &[]);
    window.wait_for("log in");
    window.type_in(PASSWORD);
    window.type_in("\r");
    window.wait_for("HOSTILE␛]0;owned␇");
    window.type_in("\r");
    window.wait_for("Timeline");
    window.type_in("\u{3}");
    let (_, raw) = window.end();
    let text = String::from_utf8(raw).unwrap();
    for byte in ["\u{1b}]", "\u{7}", "[999;999H", "\u{9b}", "\u{202e}", "\u{200b}"] {
        let at = text.find(byte);
        assert!(
            at.is_none()
                || byte == "[999;999H" && text.contains("␛[999;999H") && !text.contains("\u{1b}[999"),
            "{byte:?} at {at:?}"
        );
    }
}

#[test]
fn without_colour_nothing_is_coloured_and_the_selection_still_shows() {
    let server = Server::start();
    let config = configured(&server.url);
    let mut window = Window::open(config.path(), &["--theme", "mono"]);
    log_in(&mut window);
    window.type_in("\u{3}");
    let (_, raw) = window.end();
    let text = String::from_utf8(raw).unwrap();
    assert!(text.contains("\u{1b}[7m"), "the selected row is reversed");
    let coloured = text.split("\u{1b}[").skip(1).filter_map(|s| s.split_once('m')).any(|(codes, _)| {
        codes.split(';').all(|c| c.parse::<u16>().is_ok())
            && codes.split(';').any(|c| matches!(c.parse(), Ok(30u16..=38 | 40..=48 | 90..=107)))
    });
    assert!(!coloured);
}

#[test]
fn a_closed_terminal_ends_the_program_with_the_code_of_a_hangup() {
    let (url, _) = Server::nobody();
    let config = configured(&url);
    let size = PtySize { rows: 24, cols: 100, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_bowline"));
    command.env("BOWLINE_CONFIG_DIR", config.path());
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("log in") {
        let read = reader.read(&mut buffer).unwrap();
        seen.extend_from_slice(&buffer[..read]);
    }
    drop((reader, pair.master));
    assert_eq!(child.wait().unwrap().exit_code(), 129);
}

#[test]
fn ctrl_c_at_the_password_prompt_restores_the_terminal() {
    let (url, _) = Server::nobody();
    let config = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_bowline");
    let script = format!("{program} login --server {url} --name ops-1; echo ended $?; stty -a");
    let mut window = Window::spawn("sh", config.path(), &["-c", &script]);
    window.wait_for("password of ops-1");
    window.type_in("secret-CANARY\u{3}");
    window.wait_for("ended 130");
    window.wait_for(" echo ");
    let (_, raw) = window.end();
    assert!(!String::from_utf8_lossy(&raw).contains("CANARY"));
}

/// Logs in once, so that commands have a session.
fn save_session(config: &Path) {
    let mut window = Window::open(config, &[]);
    log_in(&mut window);
    window.type_in("\u{3}");
    window.end();
}

#[test]
fn a_reason_and_a_confirmation_pasted_at_once_change_nothing() {
    let server = Server::start();
    let config = configured(&server.url);
    save_session(config.path());
    let id = account_id(3).to_string();
    let mut window = Window::open(config.path(), &["accounts", "revoke", &id]);
    window.wait_for("reason: ");
    let end = &id[id.len() - 6..];
    window.type_in(&format!("asked by the user\r{end}\r"));
    window.wait_for("to revoke: ");
    assert!(server.facts.revoked.lock().unwrap().is_empty());
    window.type_in(&format!("{end}\r"));
    window.wait_for("pasting does not confirm");
    assert!(server.facts.revoked.lock().unwrap().is_empty());
    window.type_by_hand(end);
    window.type_in("\r");
    assert_eq!(window.end().0, 0);
    assert_eq!(*server.facts.revoked.lock().unwrap(), [(account_id(3), "asked by the user".to_owned())]);
}

#[test]
fn a_pasted_name_freezes_no_tenant() {
    let server = Server::start();
    let config = configured(&server.url);
    save_session(config.path());
    let mut window = Window::open(config.path(), &["tenants", "freeze", "acme", "--reason", "a leak"]);
    window.wait_for("once more to confirm: ");
    window.type_in("acme\r");
    window.wait_for("pasting does not confirm");
    window.type_by_hand("acm");
    window.type_in("\r");
    window.wait_for("that is not the tenant");
    assert_ne!(window.end().0, 0);
}

#[test]
fn copying_hands_the_text_to_the_terminal_and_shows_it_inert() {
    let server = Server::start();
    let config = configured(&server.url);
    let mut window = Window::open(config.path(), &[]);
    log_in(&mut window);
    window.type_in("y");
    let id = account_id(0).to_string();
    window.wait_for(&format!("copied: {id}"));
    window.type_in("\u{3}");
    let (_, raw) = window.end();
    let text = String::from_utf8(raw).unwrap();
    // OSC 52: the clipboard, the text in base64, and the terminator.
    let (_, copied) = text.split_once("\u{1b}]52;c;").expect("an OSC 52 sequence");
    let (copied, _) = copied.split_once(['\u{7}', '\u{1b}']).expect("its end");
    assert_eq!(copied, base64(&id));
    assert_eq!(text.matches("\u{1b}]").count(), 1, "nothing else is handed to the terminal");
}

/// Base64 by RFC 4648, section 4.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let six = usize::try_from(bits >> (18 - 6 * digit) & 63).unwrap();
            out.push(if digit > three.len() { '=' } else { char::from(DIGITS[six]) });
        }
    }
    out
}
