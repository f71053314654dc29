//! The loop: take every message there is, then draw if something changed, at most once in 10 ms.

use std::future::poll_fn;
use std::io;
use std::process::ExitCode;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::{Stream, StreamExt as _};
use ratatui::Terminal;
use ratatui::backend::Backend;
use tokio::time::{Instant, sleep_until};

use crate::app::{Effect, Model, Msg, next_deadline, update};
use crate::screen;
use crate::theme::Theme;

use super::World;
use super::clock::now;
use super::signals::{Asked, Signals};

/// At least this lies between two frames.
const FRAME: Duration = Duration::from_millis(10);
/// Messages taken before a frame is drawn, so that a flood cannot keep the screen from being drawn.
const DRAINED: usize = 256;

/// What the loop asks of the terminal beside drawing; a test has none of it.
pub struct Outside {
    /// Stops the process until it is continued.
    pub suspend: Box<dyn FnMut()>,
    /// Puts text on the clipboard.
    pub copy: Box<dyn FnMut(&str)>,
    /// Columns and rows.
    pub size: Box<dyn FnMut() -> io::Result<(u16, u16)>>,
}

/// What woke the loop.
enum Woken {
    Input(Option<io::Result<Event>>),
    Answer(Msg),
    Signal(Asked),
    Time,
}

/// Runs until the operator quits, a signal ends it or the input does.
pub async fn run<B>(
    terminal: &mut Terminal<B>,
    model: Model,
    theme: Theme,
    mut input: impl Stream<Item = io::Result<Event>> + Unpin,
    world: World,
    outside: Outside,
) -> anyhow::Result<ExitCode>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let mut signals = Signals::listen()?;
    let mut app = Running { model, world, outside, pending: true, restore: false, ended: None };
    let mut drawn = draw(terminal, &app.model, theme)?;
    app.pending = false;
    app.hear(Msg::Tick);
    loop {
        if let Some(code) = app.ended {
            return Ok(code);
        }
        if app.pending && drawn.elapsed() >= FRAME {
            drawn = draw(terminal, &app.model, theme)?;
            app.pending = false;
        }
        let wake = if app.pending { Some(drawn + FRAME) } else { app.deadline() };
        let woken = tokio::select! {
            event = input.next() => Woken::Input(event),
            Some(msg) = app.world.answers.recv() => Woken::Answer(msg),
            asked = signals.next() => Woken::Signal(asked),
            () = sleep_until(wake.unwrap_or(drawn)), if wake.is_some() => Woken::Time,
        };
        match woken {
            Woken::Input(event) => app.take_input(event)?,
            Woken::Answer(msg) => app.hear(msg),
            Woken::Signal(Asked::End(code)) => return Ok(ExitCode::from(code)),
            Woken::Signal(Asked::Suspend) => app.suspend(),
            Woken::Signal(Asked::Redraw) => app.restore = true,
            Woken::Time if app.pending => {}
            Woken::Time => app.hear(Msg::Tick),
        }
        for _ in 0..DRAINED {
            if let Ok(msg) = app.world.answers.try_recv() {
                app.hear(msg);
            } else if let Poll::Ready(event) = poll_fn(|task| Poll::Ready(input.poll_next_unpin(task))).await
            {
                // Polled by this task, and not by `now_or_never`: crossterm wakes whoever polled first.
                app.take_input(event)?;
            } else {
                break;
            }
        }
        app.after_suspension(terminal)?;
    }
}

fn draw<B>(terminal: &mut Terminal<B>, model: &Model, theme: Theme) -> anyhow::Result<Instant>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    terminal.draw(|frame| screen::draw(model, theme, frame))?;
    Ok(Instant::now())
}

/// The model and what is around it while the loop runs.
struct Running {
    model: Model,
    world: World,
    outside: Outside,
    /// Whether something changed since the last frame.
    pending: bool,
    /// Whether the screen may hold something that is not ours.
    restore: bool,
    ended: Option<ExitCode>,
}

impl Running {
    fn hear(&mut self, msg: Msg) {
        self.model.now = now();
        let effects = update(&mut self.model, msg);
        self.pending |= self.model.changed;
        for effect in effects {
            match effect {
                Effect::Quit => self.ended = Some(ExitCode::SUCCESS),
                Effect::Suspend => self.suspend(),
                Effect::Copy(text) => (self.outside.copy)(&text),
                other => self.world.perform(other),
            }
        }
    }

    fn take_input(&mut self, event: Option<io::Result<Event>>) -> io::Result<()> {
        match event {
            None => self.ended = Some(ExitCode::SUCCESS),
            Some(Err(e)) => return Err(e),
            Some(Ok(Event::Key(key))) => self.hear(Msg::Key(key)),
            Some(Ok(Event::Paste(text))) => self.hear(Msg::Paste(text)),
            Some(Ok(Event::Resize(columns, rows))) => self.hear(Msg::Resize(columns, rows)),
            Some(Ok(Event::Mouse(_) | Event::FocusGained | Event::FocusLost)) => {}
        }
        Ok(())
    }

    fn suspend(&mut self) {
        (self.outside.suspend)();
        self.restore = true;
    }

    /// Draws everything anew on a screen that others have written on, in the size that it has now.
    fn after_suspension<B>(&mut self, terminal: &mut Terminal<B>) -> anyhow::Result<()>
    where
        B: Backend,
        B::Error: Send + Sync + 'static,
    {
        if std::mem::take(&mut self.restore) {
            // Not `Terminal::clear`, which asks where the cursor is: the answer would be taken for keys.
            terminal.backend_mut().clear()?;
            terminal.swap_buffers();
            let (columns, rows) = (self.outside.size)()?;
            self.hear(Msg::Resize(columns, rows));
        }
        Ok(())
    }

    fn deadline(&self) -> Option<Instant> {
        let wait = next_deadline(&self.model)? - now();
        Some(Instant::now() + wait.to_std().unwrap_or(Duration::ZERO))
    }
}
