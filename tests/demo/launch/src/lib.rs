//! What the launcher and the demo share: their arguments, one line of progress for each step, and a file for
//! what the step printed.

mod arguments;
mod steps;

pub use arguments::{Arguments, Command};
pub use steps::{Step, Steps};
