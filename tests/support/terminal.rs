//! The terminal client on a real pty, watched by a terminal emulator.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::PATIENCE;
use crate::programs::program;

const ROWS: u16 = 30;
const COLUMNS: u16 = 120;

struct Seen {
    emulator: vt100::Parser,
    raw: Vec<u8>,
}

/// A terminal that runs a program, usually `bowline`.
pub struct Terminal {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    reader: Option<std::thread::JoinHandle<()>>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts `bowline` with its files in `config`.
    pub fn open(config: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = CommandBuilder::new(program("bowline")?);
        command.args(arguments);
        for name in ["BOWLINE_SERVER", "BOWLINE_THEME", "NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        command.env("BOWLINE_CONFIG_DIR", config);
        Self::run(command)
    }

    /// Starts any program.
    pub fn run(mut command: CommandBuilder) -> anyhow::Result<Self> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        let (Some(rows), Some(columns)) = (NonZero::new(ROWS), NonZero::new(COLUMNS)) else {
            bail!("the terminal has no rows or columns")
        };
        let seen = Seen { emulator: vt100::Parser::new(rows, columns, 0), raw: Vec::new() };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let mut reader = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let shared = Arc::clone(&seen);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let mut seen = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
                let bytes = buffer.get(..read).unwrap_or_default();
                seen.raw.extend_from_slice(bytes);
                seen.emulator.process(bytes);
                shared.1.notify_all();
            }
        });
        Ok(Self { seen, keys, child, reader: Some(reader), _master: pair.master })
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) -> anyhow::Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Presses one key after the other, each once the last one shows, as for what must not be pasted.
    pub fn type_by_hand(&mut self, keys: &str) -> anyhow::Result<()> {
        for key in keys.chars() {
            let before = self.raw().len();
            self.press(key.encode_utf8(&mut [0; 4]))?;
            let until = Instant::now() + PATIENCE;
            let mut seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
            while seen.raw.len() == before {
                let left = until.saturating_duration_since(Instant::now());
                anyhow::ensure!(!left.is_zero(), "waited for {key:?} to show");
                seen = self.seen.1.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        Ok(())
    }

    /// Waits until the screen shows `text`.
    ///
    /// # Errors
    /// If it never does; the error contains the screen.
    pub fn wait_for(&self, text: &str) -> anyhow::Result<()> {
        self.wait(text, |screen| screen.contains(text))
    }

    /// Waits until the screen no longer shows `text`.
    pub fn wait_gone(&self, text: &str) -> anyhow::Result<()> {
        self.wait(&format!("{text:?} to go"), |screen| !screen.contains(text))
    }

    fn wait(&self, what: &str, condition: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let screen = seen.emulator.screen().contents();
            if condition(&screen) {
                return Ok(());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                bail!("waited for {what}; the screen was:\n{screen}");
            }
            seen = self.seen.1.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The text on the screen.
    pub fn screen(&self) -> String {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).emulator.screen().contents()
    }

    /// Shows the screen with its colours.
    pub fn look<T>(&self, at: impl FnOnce(&vt100::Screen) -> T) -> T {
        at(self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).emulator.screen())
    }

    /// Everything that was ever written to the terminal.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).raw.clone()
    }

    /// The program's process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.process_id()
    }

    /// Waits until the program, and everything that it started on this terminal, has ended; returns its exit code and
    /// everything that was ever written to the terminal.
    pub fn end_with_output(mut self) -> anyhow::Result<(u32, Vec<u8>)> {
        let code = self.child.wait().context("the program")?.exit_code();
        if let Some(reader) = self.reader.take() {
            reader.join().map_err(|_| anyhow::anyhow!("the reader of the terminal panicked"))?;
        }
        Ok((code, self.raw()))
    }

    /// Waits for the program's end and returns its exit code.
    pub fn end(mut self) -> anyhow::Result<u32> {
        Ok(self.child.wait().context("the program")?.exit_code())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended already unless the test failed.
        let _: std::io::Result<()> = self.child.kill();
    }
}
