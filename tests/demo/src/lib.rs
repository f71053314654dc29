//! Everything running together on one machine, and the sample tenant app that end-to-end tests click through.

pub mod acme;
mod demo;
mod ports;
mod seed;
mod server;
mod try_it;

pub use acme::{AcmeConfig, AcmePhotos};
pub use demo::{DemoOptions, run};
