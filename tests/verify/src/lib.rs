//! Installs what the tests and the demo need with this machine's package manager, or reports exactly what to install.

pub mod cargo;
mod needs;
pub mod node;
pub mod packages;
pub mod programs;
pub mod python;
