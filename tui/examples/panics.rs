//! Takes the terminal and panics: a test looks at what is left of it.

fn main() {
    let _guard = bowline::terminal::TerminalGuard::enter();
    panic!("on purpose");
}
