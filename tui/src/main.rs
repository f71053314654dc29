//! Bowline's terminal client and command line for operators.

fn main() {}
