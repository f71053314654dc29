//! Everything running together on one machine, and the sample tenant app that end-to-end tests click through.

pub mod acme;

pub use acme::{AcmeConfig, AcmePhotos};
