//! Installs what the tests and the demo need with this machine's package manager, or reports exactly what to install.

mod needs;
pub mod packages;
pub mod programs;
pub mod python;
