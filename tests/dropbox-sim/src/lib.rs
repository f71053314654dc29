//! A simulator of Dropbox's authorization that runs on this machine and produces faults on demand.
//!
//! It is written from Dropbox's documented and recorded behaviour and not from Bowline's client, so that the two do not
//! share mistakes. `README.md` in this crate describes the control API.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use dropbox_sim::{AppConfig, Simulator};
//!
//! let sim = Simulator::builder()
//!     .app(AppConfig::new("key", "secret").redirect_uri("http://127.0.0.1:8000/callback"))
//!     .start()
//!     .await?;
//! println!("{}", sim.http_url());
//! # Ok(()) }
//! ```

mod builder;
mod call;
mod config;
mod dropbox;
mod engine;
mod entropy;
mod fault;
mod notice;
mod oauth1;
mod relay;
mod reply;
mod route;
mod sandbox;
mod secret;
mod simulator;
mod tls;
mod walk;
mod world;

pub use builder::Builder;
pub use call::{Call, CallState, Operation};
pub use config::{AccountType, AppConfig, AppStatus, Config, PlantedGrant, Settings, UserConfig};
pub use dropbox::Dropbox;
pub use fault::{FaultKind, FaultSpec, FaultStatus, Garbage, When};
pub use notice::NoticeError;
pub use sandbox::SandboxState;
pub use secret::Secret;
pub use simulator::{Simulator, StartError};
pub use walk::WalkError;
pub use world::{GrantView, Reveal, TokensView, UserView};
