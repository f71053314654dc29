//! The event loop: handles all pending messages, then draws if something changed, at a limited rate.

use std::io;
use std::process::ExitCode;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, KeyEvent};
use futures_util::{Stream, StreamExt as _};
use ratatui::Terminal;
use ratatui::backend::Backend;
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, sleep_until};

use crate::app::{self, Effect, Model, Msg, next_deadline, update};
use crate::registry::keymap::Keymap;
use crate::theme::Theme;

use super::EffectRunner;
use super::clock::now;
use super::frame_rate::{FrameCause, FrameRate};
use super::input::{BURST, pending};
use super::signals::{SignalAction, Signals};

/// Messages handled before a frame is drawn, so that a flood of messages cannot block drawing.
const MAX_MESSAGES_A_FRAME: usize = 256;

/// What the event loop needs of the terminal besides drawing; tests replace it.
pub struct TerminalActions {
    /// Stops the process until it is continued.
    pub suspend: Box<dyn FnMut()>,
    /// Copies text to the clipboard.
    pub copy: Box<dyn FnMut(&str)>,
    /// Discards what the terminal holds that was not read yet.
    pub discard_input: Box<dyn FnMut()>,
    /// Takes the mouse from the terminal, or gives it back.
    pub capture_mouse: Box<dyn FnMut(bool)>,
    /// Reads the terminal's size in columns and rows.
    pub size: Box<dyn FnMut() -> io::Result<(u16, u16)>>,
}

/// The event that woke the loop.
enum Wake {
    Input(Option<io::Result<Event>>),
    Answer(Msg),
    Signal(SignalAction),
    Time,
}

/// Runs until the operator quits, a signal arrives or the input ends.
pub async fn run<B>(
    terminal: &mut Terminal<B>,
    model: Model,
    theme: Theme,
    mut input: impl Stream<Item = io::Result<Event>> + Unpin,
    runner: EffectRunner,
    actions: TerminalActions,
) -> anyhow::Result<ExitCode>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let mut signals = Signals::listen()?;
    let mut app = EventLoop {
        model,
        runner,
        actions,
        frames: FrameRate::new(Instant::now()),
        restore: false,
        typed: 0,
        discarding: false,
        ended: None,
    };
    // The first frame shows what the first tick has changed, so that no second one follows at once.
    app.handle_message(Msg::Tick);
    loop {
        if let Some(code) = app.ended {
            return Ok(code);
        }
        if app.frames.due().is_some_and(|due| due <= Instant::now()) {
            app.frames.drawn(draw_frame(terminal, &app.model, theme)?);
        }
        let wake = app.frames.due().or_else(|| app.next_wake());
        let woken = tokio::select! {
            event = input.next() => Wake::Input(event),
            Some(msg) = app.runner.answers.recv() => Wake::Answer(msg),
            asked = signals.next() => Wake::Signal(asked),
            () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => Wake::Time,
        };
        match woken {
            Wake::Input(event) => app.take_input(event)?,
            Wake::Answer(msg) => app.handle_message(msg),
            Wake::Signal(SignalAction::End(code)) => return Ok(ExitCode::from(code)),
            Wake::Signal(SignalAction::Suspend) => app.suspend(),
            Wake::Signal(SignalAction::Redraw) => app.restore = true,
            Wake::Time if app.frames.is_pending() => {}
            Wake::Time => app.handle_message(Msg::Tick),
        }
        for _ in 0..MAX_MESSAGES_A_FRAME {
            if let Ok(msg) = app.runner.answers.try_recv() {
                app.handle_message(msg);
            } else if let Poll::Ready(event) = pending(&mut input).await {
                app.take_input(event)?;
            } else {
                break;
            }
        }
        if std::mem::take(&mut app.discarding) {
            (app.actions.discard_input)();
            while let Poll::Ready(Some(Ok(Event::Key(_) | Event::Paste(_)))) = pending(&mut input).await {}
        }
        app.typed = 0;
        app.after_suspension(terminal)?;
    }
}

fn draw_frame<B>(terminal: &mut Terminal<B>, model: &Model, theme: Theme) -> anyhow::Result<Instant>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    terminal.draw(|frame| app::draw(model, theme, frame))?;
    Ok(Instant::now())
}

/// The state of the event loop.
struct EventLoop {
    model: Model,
    runner: EffectRunner,
    actions: TerminalActions,
    frames: FrameRate,
    /// Whether other programs may have written on the screen.
    restore: bool,
    /// The characters that have come in this turn of the loop.
    typed: usize,
    /// Whether the rest of what has come in this turn is discarded.
    discarding: bool,
    ended: Option<ExitCode>,
}

impl EventLoop {
    fn handle_message(&mut self, msg: Msg) {
        self.model.now = now();
        let cause = match msg {
            Msg::Key(_) | Msg::Paste(_) | Msg::Burst | Msg::Mouse(_) | Msg::Resize(..) => FrameCause::Input,
            _ => FrameCause::Answer,
        };
        let effects = update(&mut self.model, msg);
        if self.model.changed {
            self.frames.request(cause);
        }
        for effect in effects {
            match effect {
                Effect::Quit => self.ended = Some(ExitCode::SUCCESS),
                Effect::Suspend => self.suspend(),
                Effect::Redraw => self.restore = true,
                Effect::DiscardInput => self.discarding = true,
                Effect::CaptureMouse(captured) => (self.actions.capture_mouse)(captured),
                Effect::Copy(text) => (self.actions.copy)(&text),
                Effect::CopySecret(secret) => (self.actions.copy)(secret.expose_secret()),
                other => self.runner.perform(other),
            }
        }
    }

    fn take_input(&mut self, event: Option<io::Result<Event>>) -> io::Result<()> {
        match event {
            None => self.ended = Some(ExitCode::SUCCESS),
            Some(Err(e)) => return Err(e),
            Some(Ok(Event::Key(key))) => self.take_key(key),
            Some(Ok(Event::Paste(_) | Event::Mouse(_))) if self.discarding => {}
            Some(Ok(Event::Paste(text))) => self.handle_message(Msg::Paste(text)),
            Some(Ok(Event::Resize(columns, rows))) => self.handle_message(Msg::Resize(columns, rows)),
            Some(Ok(Event::Mouse(mouse))) => self.handle_message(Msg::Mouse(mouse)),
            Some(Ok(Event::FocusGained | Event::FocusLost)) => {}
        }
        Ok(())
    }

    /// Takes a key, unless the rest of this turn is discarded. Nobody types several characters within one turn.
    fn take_key(&mut self, key: KeyEvent) {
        if self.discarding && !Keymap::is_interrupt(key) {
            return;
        }
        self.handle_message(Msg::Key(key));
        if Keymap::is_text(key) {
            self.typed += 1;
            if self.typed >= BURST {
                self.handle_message(Msg::Burst);
            }
        }
    }

    fn suspend(&mut self) {
        (self.actions.suspend)();
        self.restore = true;
    }

    /// Redraws everything in the current terminal size after other programs have written on the screen.
    fn after_suspension<B>(&mut self, terminal: &mut Terminal<B>) -> anyhow::Result<()>
    where
        B: Backend,
        B::Error: Send + Sync + 'static,
    {
        if std::mem::take(&mut self.restore) {
            // `Terminal::clear` would query the cursor position, and the reply would be read as keys.
            terminal.backend_mut().clear()?;
            terminal.swap_buffers();
            let (columns, rows) = (self.actions.size)()?;
            self.handle_message(Msg::Resize(columns, rows));
        }
        Ok(())
    }

    fn next_wake(&self) -> Option<Instant> {
        let wait = next_deadline(&self.model)? - now();
        Some(Instant::now() + wait.to_std().unwrap_or(Duration::ZERO))
    }
}
