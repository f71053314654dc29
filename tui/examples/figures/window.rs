//! A pty with the program, of which the time of each output is known.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);
const SIZE: (u16, u16) = (30, 120);

struct Seen {
    emulator: vt100::Parser,
    bytes: usize,
    last: Instant,
}

pub(crate) struct Window {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Window {
    pub(crate) fn open(program: &Path, config: &Path) -> anyhow::Result<Self> {
        let (rows, cols) = SIZE;
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 })?;
        let mut command = CommandBuilder::new(program);
        command.env("BOWLINE_CONFIG_DIR", config);
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        let size = (NonZero::new(rows).context("rows")?, NonZero::new(cols).context("columns")?);
        let emulator = vt100::Parser::new(size.0, size.1, 0);
        let seen = Arc::new((Mutex::new(Seen { emulator, bytes: 0, last: Instant::now() }), Condvar::new()));
        let mut reader = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let mut seen = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
                seen.last = Instant::now();
                seen.bytes += read;
                seen.emulator.process(&buffer[..read]);
                shared.1.notify_all();
            }
        });
        Ok(Self { seen, keys, child, _master: pair.master })
    }

    pub(crate) fn press(&mut self, keys: &str) -> anyhow::Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Waits for the text; returns when the output came that shows it.
    pub(crate) fn wait_for(&self, text: &str) -> anyhow::Result<Instant> {
        self.wait(text, |seen| seen.emulator.screen().contents().contains(text))
    }

    /// Waits for more output than this; returns when it came.
    pub(crate) fn wait_for_output(&self, bytes: usize) -> anyhow::Result<Instant> {
        self.wait("output", |seen| seen.bytes > bytes)
    }

    fn wait(&self, what: &str, condition: impl Fn(&Seen) -> bool) -> anyhow::Result<Instant> {
        let until = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !condition(&seen) {
            let left = until.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "waited for {what}:\n{}", seen.emulator.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(seen.last)
    }

    /// Waits until nothing has been written for this long; returns when the last output came.
    pub(crate) fn wait_for_quiet(&self, quiet: Duration) -> Instant {
        loop {
            let last = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).last;
            match quiet.checked_sub(last.elapsed()) {
                Some(left) if !left.is_zero() => std::thread::sleep(left),
                _ => return last,
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// The program's process.
    pub(crate) fn process(&self) -> anyhow::Result<u32> {
        self.child.process_id().context("the program has ended")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It has ended already if ctrl-c was pressed.
        let _ = self.child.kill();
    }
}
