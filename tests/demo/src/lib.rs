//! A whole service on one machine, and the sample tenant app that end-to-end tests click through.

pub mod acme;
mod add_app;
mod authorities;
mod demo;
pub mod made_up;
mod place;
mod ports;
mod running;
mod seed;
mod settings;
mod shell;
mod tenant;
mod try_it;
mod webhook;

pub use acme::{AcmeConfig, AcmePhotos};
pub use add_app::add_app;
pub use demo::{DemoOptions, run};
pub use place::Place;
pub use tenant::App;
