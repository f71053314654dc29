//! Bowline's terminal client and command line for operators.

fn main() -> std::process::ExitCode {
    bowline::cli::main()
}
