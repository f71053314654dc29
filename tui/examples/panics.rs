//! Takes over the terminal and panics, so that a test can check how the terminal is restored.

fn main() {
    let _guard = bowline::terminal::TerminalGuard::enter(false);
    panic!("on purpose");
}
