//! Asks for one line on the terminal, and restores the terminal whatever ends the question: an answer, ctrl-c, a signal.

use std::io::{self, Write as _, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, EventStream, KeyCode, KeyEventKind, poll, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use futures_util::{Stream, StreamExt as _};
use nix::sys::signal::{Signal, raise};
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::registry::keymap::Keymap;
use crate::text::{sanitize, width};
use crate::widget::text_field::TextField;

use super::hangup::{HUNG_UP, until_hung_up};
use super::input::{BURST, discard, pending};
use super::signals::{SignalAction, Signals};

/// What is shown of what is typed, and what was typed before the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// A text, which is shown.
    Text,
    /// A confirmation, which is shown. What was typed or pasted before the question does not count.
    Confirmation,
    /// A secret, of which nothing is shown.
    Secret,
}

/// How a question ended.
#[derive(Debug)]
pub enum PromptAnswer {
    /// With a line.
    Line(SecretString),
    /// Without one; the exit code is that of the signal (128 + its number), or of ctrl-c.
    Ended(u8),
}

/// Whether a question is being asked, which then handles signals itself.
static IS_ASKING: AtomicBool = AtomicBool::new(false);
/// Says that a first question is being asked.
static FIRST_QUESTION: Notify = Notify::const_new();

/// Waits for a signal that ends the program after a question, and returns its exit code. From the first question on, the signals of
/// this process have handlers, which cannot be removed, so without this ctrl-c would do nothing any more.
pub async fn interrupted() -> io::Result<u8> {
    FIRST_QUESTION.notified().await;
    let mut signals = Signals::listen()?;
    loop {
        match signals.next().await {
            _ if IS_ASKING.load(Ordering::Relaxed) => {}
            SignalAction::End(code) => return Ok(code),
            SignalAction::Suspend => raise(Signal::SIGSTOP)?,
            SignalAction::Redraw => {}
        }
    }
}

/// Raw mode; dropping it ends it.
struct Raw;

impl Raw {
    fn enter() -> io::Result<Self> {
        IS_ASKING.store(true, Ordering::Relaxed);
        FIRST_QUESTION.notify_one();
        enable_raw_mode().map(|()| Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // There may be no terminal any more.
        let _ = disable_raw_mode();
        let _ = stderr().write_all(b"\n");
        IS_ASKING.store(false, Ordering::Relaxed);
    }
}

/// Asks on standard error and reads the answer from the terminal.
pub async fn ask(question: &str, asking: Asking) -> io::Result<PromptAnswer> {
    let _raw = Raw::enter()?;
    if asking == Asking::Confirmation {
        discard();
        while poll(Duration::ZERO)? {
            drop(read()?);
        }
    }
    let mut signals = Signals::listen()?;
    let mut input = until_hung_up(EventStream::new());
    let mut field = TextField::default();
    loop {
        show_question(question, &field, asking)?;
        let events = tokio::select! {
            events = pending_events(&mut input) => events,
            signal = signals.next() => match signal {
                SignalAction::End(code) => return Ok(PromptAnswer::Ended(code)),
                SignalAction::Suspend | SignalAction::Redraw => continue,
            },
        };
        let typed = events
            .iter()
            .filter(|event| matches!(event, Some(Ok(Event::Key(key))) if Keymap::is_text(*key)))
            .count();
        if asking == Asking::Confirmation && typed >= BURST {
            field = TextField::default();
            stderr().write_all(b"\r\n\x1b[Kpasting does not confirm; type it\r\n")?;
            continue;
        }
        for event in events {
            match event {
                None => return Ok(PromptAnswer::Ended(HUNG_UP)),
                Some(Err(error)) => return Err(error),
                Some(Ok(Event::Key(key))) if key.kind == KeyEventKind::Release => {}
                Some(Ok(Event::Key(key))) if Keymap::is_interrupt(key) => {
                    return Ok(PromptAnswer::Ended(128 + 2));
                }
                Some(Ok(Event::Key(key))) if key.code == KeyCode::Enter => {
                    return Ok(PromptAnswer::Line(SecretString::from(field.text())));
                }
                Some(Ok(Event::Key(key))) => drop(field.key(key)),
                Some(Ok(Event::Paste(text))) if asking != Asking::Confirmation => field.paste(&text),
                Some(Ok(_)) => {}
            }
        }
    }
}

type Read = Option<io::Result<Event>>;

/// What has arrived by now, at least one event.
async fn pending_events(input: &mut (impl Stream<Item = io::Result<Event>> + Unpin)) -> Vec<Read> {
    let mut events = vec![input.next().await];
    while let Poll::Ready(event) = pending(input).await {
        let is_last = event.is_none();
        events.push(event);
        if is_last {
            break;
        }
    }
    events
}

/// Writes the question, and what has been typed if that is shown. Long text ends where the line ends.
fn show_question(question: &str, field: &TextField, asking: Asking) -> io::Result<()> {
    let typed = if asking == Asking::Secret { "" } else { field.text() };
    let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
    let room = columns.saturating_sub(width(question) + 1);
    let typed = sanitize(typed);
    let from = typed.char_indices().rev().nth(room.saturating_sub(1)).map_or(0, |(at, _)| at);
    let mut err = stderr();
    err.write_all(format!("\r\u{1b}[K{question}{}", &typed[from..]).as_bytes())?;
    err.flush()
}
