//! The surroundings of the pure core: the terminal, the clock, signals and the network.

mod clock;
mod effects;
mod event_loop;
mod file;
mod frame_rate;
mod guard;
mod hangup;
mod input;
mod linear;
mod prompt;
mod signals;
mod subscription;

pub use clock::now;
pub use effects::{ClientOptions, EffectRunner};
pub use event_loop::{TerminalActions, run};
pub use guard::TerminalGuard;
pub use linear::{Linear, SIZE as LINEAR_SIZE};
pub use prompt::{Asking, PromptAnswer, ask, interrupted};

use std::future::ready;
use std::io::{self, BufWriter, Write as _, stdout};
use std::process::ExitCode;

use anyhow::Context as _;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{Event, EventStream};
use futures_util::{Stream, StreamExt as _};
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};

use crate::app::{Model, Presentation, Setup};
use crate::registry::keymap::Keymap;
use crate::theme::Theme;

use hangup::{HUNG_UP, is_hung_up, until_hung_up};

/// Runs the terminal client until the operator or a signal ends it.
pub async fn start(setup: Setup, theme: Theme, runner: EffectRunner) -> anyhow::Result<ExitCode> {
    // The themes decide on colours; crossterm's handling of NO_COLOR loses reverse, bold and dim.
    crossterm::style::force_color_output(true);
    let keymap = Keymap::new(&setup.keys).context("the keys in config.toml are invalid")?;
    let is_linear = setup.presentation == Presentation::Linear;
    let guard = TerminalGuard::enter(is_linear).context("this terminal cannot be drawn on")?;
    let out = BufWriter::with_capacity(1 << 16, stdout());
    let keys = until_hung_up(EventStream::new());
    let ended = if is_linear {
        // The frame that is told has a size of its own.
        let keys = keys.filter(|event| ready(!matches!(event, Ok(Event::Resize(..)))));
        show_terminal(Linear::new(out), setup, keymap, theme, keys, runner, || Ok(LINEAR_SIZE)).await
    } else {
        show_terminal(
            CrosstermBackend::new(out),
            setup,
            keymap,
            theme,
            keys,
            runner,
            crossterm::terminal::size,
        )
        .await
    };
    drop(guard);
    // Without a terminal, the input ends or a frame cannot be written, sooner or later than SIGHUP arrives.
    if is_hung_up() { Ok(ExitCode::from(HUNG_UP)) } else { ended }
}

async fn show_terminal<B>(
    backend: B,
    setup: Setup,
    keymap: Keymap,
    theme: Theme,
    keys: impl Stream<Item = io::Result<Event>> + Unpin,
    runner: EffectRunner,
    size: impl FnMut() -> io::Result<(u16, u16)> + 'static,
) -> anyhow::Result<ExitCode>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let mut terminal = Terminal::new(backend)?;
    let frame = terminal.size()?;
    let model = Model::new(setup, keymap, (frame.width, frame.height), now());
    let actions = TerminalActions {
        suspend: Box::new(guard::suspend),
        copy: Box::new(copy_to_clipboard),
        discard_input: Box::new(input::discard),
        capture_mouse: Box::new(guard::capture_mouse),
        size: Box::new(size),
    };
    run(&mut terminal, model, theme, keys, runner, actions).await
}

fn copy_to_clipboard(text: &str) {
    let mut out = stdout();
    // A terminal that does not support OSC 52 ignores it; a closed terminal is noticed elsewhere.
    let _ = crossterm::execute!(out, CopyToClipboard::to_clipboard_from(text));
    let _ = out.flush();
}
