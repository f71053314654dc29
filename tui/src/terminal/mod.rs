//! The surroundings of the pure core: the terminal, the clock, signals and the network.

mod clock;
mod effects;
mod event_loop;
mod file;
mod guard;
mod hangup;
mod input;
mod prompt;
mod signals;

pub use clock::now;
pub use effects::{ClientOptions, EffectRunner};
pub use event_loop::{TerminalActions, run};
pub use guard::TerminalGuard;
pub use prompt::{Answered, Asking, ask, interrupted};

use std::io::{BufWriter, Write as _, stdout};
use std::process::ExitCode;

use anyhow::Context as _;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::EventStream;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::app::Model;
use crate::app::Setup;
use crate::registry::keymap::Keymap;
use crate::theme::Theme;

use hangup::{is_hung_up, until_hung_up};

/// Runs the terminal client until the operator or a signal ends it.
pub async fn start(setup: Setup, theme: Theme, runner: EffectRunner) -> anyhow::Result<ExitCode> {
    // The themes decide on colours; crossterm's handling of NO_COLOR loses reverse, bold and dim.
    crossterm::style::force_color_output(true);
    let keymap = Keymap::new(&setup.keys).context("the keys in config.toml are invalid")?;
    let guard = TerminalGuard::enter().context("this terminal cannot be drawn on")?;
    let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, stdout()));
    let mut terminal = Terminal::new(backend)?;
    let size = terminal.size()?;
    let model = Model::new(setup, keymap, (size.width, size.height), now());
    let actions = TerminalActions {
        suspend: Box::new(guard::suspend),
        copy: Box::new(|text| {
            let mut out = stdout();
            // A terminal that does not support OSC 52 ignores it; a closed terminal is noticed elsewhere.
            let _ = crossterm::execute!(out, CopyToClipboard::to_clipboard_from(text));
            let _ = out.flush();
        }),
        discard_input: Box::new(input::discard),
        capture_mouse: Box::new(guard::capture_mouse),
        size: Box::new(crossterm::terminal::size),
    };
    let keys = until_hung_up(EventStream::new());
    let ended = run(&mut terminal, model, theme, keys, runner, actions).await;
    drop(guard);
    // Without a terminal, the input ends or a frame cannot be written, sooner or later than SIGHUP arrives.
    if is_hung_up() { Ok(ExitCode::from(128 + 1)) } else { ended }
}
