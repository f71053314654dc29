//! Brings what the tests and the demo need from this machine's package manager, or says exactly what to install.

mod needs;
pub mod packages;
pub mod programs;
pub mod python;
