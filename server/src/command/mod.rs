//! The command line.
pub mod dev;
mod development;
pub mod serve;
