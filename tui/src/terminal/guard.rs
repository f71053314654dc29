//! Takes over the terminal and restores it however the program ends.

use std::io::{self, Write as _, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use nix::sys::signal::{Signal, raise};

static TERMINAL_TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether the mouse belongs to this program and not to the terminal.
static MOUSE_CAPTURED: AtomicBool = AtomicBool::new(false);
/// Whether frames are told line by line, below what is on the terminal already.
static LINEAR_MODE: AtomicBool = AtomicBool::new(false);
static PANIC_HOOK: Once = Once::new();

/// Holds the terminal. Dropping it restores the terminal; a panic restores it before the panic message is printed.
#[derive(Debug)]
pub struct TerminalGuard(());

impl TerminalGuard {
    /// Takes over the terminal: raw mode, bracketed paste, and the alternate screen unless frames are told line by line.
    pub fn enter(is_linear: bool) -> io::Result<Self> {
        LINEAR_MODE.store(is_linear, Ordering::SeqCst);
        PANIC_HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                give_back();
                before(info);
            }));
        });
        take_terminal()?;
        Ok(Self(()))
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        give_back();
    }
}

fn take_terminal() -> io::Result<()> {
    enable_raw_mode()?;
    TERMINAL_TAKEN.store(true, Ordering::SeqCst);
    if !LINEAR_MODE.load(Ordering::SeqCst) {
        execute!(stdout(), EnterAlternateScreen)?;
    }
    execute!(stdout(), EnableBracketedPaste)?;
    if MOUSE_CAPTURED.load(Ordering::SeqCst) { execute!(stdout(), EnableMouseCapture) } else { Ok(()) }
}

fn give_back() {
    if TERMINAL_TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = stdout();
        if MOUSE_CAPTURED.load(Ordering::SeqCst) {
            let _ = execute!(out, DisableMouseCapture);
        }
        // After SIGHUP there may be no terminal to restore.
        let _ = execute!(out, DisableBracketedPaste);
        let _ = if LINEAR_MODE.load(Ordering::SeqCst) {
            out.write_all(b"\r\n")
        } else {
            execute!(out, LeaveAlternateScreen, Show)
        };
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// Takes the mouse from the terminal, or gives it back.
pub(super) fn capture_mouse(captured: bool) {
    MOUSE_CAPTURED.store(captured, Ordering::SeqCst);
    let mut out = stdout();
    // A closed terminal is noticed elsewhere.
    let _ = if captured { execute!(out, EnableMouseCapture) } else { execute!(out, DisableMouseCapture) };
}

/// Restores the terminal, stops the process as ctrl-z would, and takes over the terminal again when continued.
pub(super) fn suspend() {
    give_back();
    // This fails only for signals that do not exist.
    let _ = raise(Signal::SIGSTOP);
    // If the terminal is gone by now, its input ends, and the program ends with it.
    let _ = take_terminal();
}
