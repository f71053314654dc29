//! A terminal that runs the real program and is watched by an emulator.

use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::server::{PASSWORD, email};

/// The maximum time that a condition may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// The poll interval for conditions that no output announces.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) raw: Vec<u8>,
    pub(crate) emulator: vt100::Parser,
    closed: bool,
}

/// A terminal that runs a program.
pub(crate) struct Window {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

fn lines(n: u16) -> std::num::NonZero<u16> {
    n.try_into().unwrap()
}

impl Window {
    pub(crate) fn open(config: &Path, arguments: &[&str]) -> Self {
        Self::spawn(env!("CARGO_BIN_EXE_bowline"), config, arguments)
    }

    pub(crate) fn spawn(program: &str, config: &Path, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: 100, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("BOWLINE_CONFIG_DIR", config);
        command.env("TERM", "xterm-256color");
        // A program in the configuration's directory stands in for the machine's own.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let programs = std::iter::once(config.to_owned()).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(programs).unwrap());
        for name in ["BOWLINE_SERVER", "BOWLINE_THEME", "NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
            command.env_remove(name);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Arc::new((
            Mutex::new(Seen { emulator: vt100::Parser::new(lines(24), lines(100), 0), ..Seen::default() }),
            Condvar::new(),
        ));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut seen = shared.0.lock().unwrap();
                seen.raw.extend_from_slice(&buffer[..read]);
                seen.emulator.process(&buffer[..read]);
                seen.closed = read == 0;
                shared.1.notify_all();
                if read == 0 {
                    break;
                }
            }
        });
        Self { seen, keys, child, _master: pair.master }
    }

    pub(crate) fn wait(&self, what: &str, condition: impl Fn(&Seen) -> bool) {
        let until = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap();
        while !condition(&seen) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "waited for {what}; the screen was:\n{}",
                seen.emulator.screen().contents()
            );
            seen = self.seen.1.wait_timeout(seen, left.min(LOOK)).unwrap().0;
        }
    }

    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(text, |seen| seen.emulator.screen().contents().contains(text));
    }

    pub(crate) fn wait_gone(&self, text: &str) {
        self.wait(text, |seen| !seen.emulator.screen().contents().contains(text));
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Types as a person does: the next key comes once the screen has shown the one before.
    pub(crate) fn type_by_hand(&mut self, text: &str) {
        for key in text.chars() {
            let before = self.raw().len();
            self.type_in(&key.to_string());
            self.wait("an echo", |seen| seen.raw.len() > before);
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap())
    }

    pub(crate) fn raw(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().raw.clone()
    }

    /// Waits for the program to end; returns the exit code and the complete output.
    pub(crate) fn end(mut self) -> (u32, Vec<u8>) {
        let code = self.child.wait().unwrap().exit_code();
        self.wait("the end of the output", |seen| seen.closed);
        (code, self.raw())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The program has already ended unless the test failed.
        let _ = self.child.kill();
    }
}

/// Asserts that the terminal was restored: main screen, visible cursor, no bracketed paste.
pub(crate) fn assert_given_back(raw: &[u8]) {
    let last = |on: &str, off: &str| {
        let text = String::from_utf8_lossy(raw);
        assert!(text.rfind(off) > text.rfind(on), "{off:?} is not the last word");
    };
    last("\u{1b}[?1049h", "\u{1b}[?1049l");
    last("\u{1b}[?25l", "\u{1b}[?25h");
    last("\u{1b}[?2004h", "\u{1b}[?2004l");
}

pub(crate) fn log_in(window: &mut Window) {
    window.wait_for("log in");
    window.type_in(PASSWORD);
    window.type_in("\r");
    window.wait_for(&email(0));
}

pub(crate) fn configured(server: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("current = \"here\"\n[contexts.here]\nserver = \"{server}\"\nname = \"ops-1\"\n");
    std::fs::write(dir.path().join("config.toml"), text).unwrap();
    dir
}
