//! The command line.
mod development;
pub mod serve;
