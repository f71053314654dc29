//! What the launcher and the demo share: their arguments, one line of progress for each step, and a file for
//! the output of the step.

mod arguments;
mod steps;

pub use arguments::{Arguments, Command};
pub use steps::{Step, Steps};
