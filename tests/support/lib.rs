//! Helpers with which tests read as sentences.
//!
//! A [`Stack`] is a whole service on this machine: a simulated Dropbox, a database of its own and any number of real
//! `bowline-server` processes. Its [`Tenant`]s have users, who are a [`Person`] (a browser without a screen) or use a
//! [`Browser`] (headless Chromium). [`Operator`]s have the terminal client.

mod aged;
mod answer;
mod bouncer;
mod browser;
mod cluster;
mod database;
mod demo;
mod edge;
mod identity;
mod leak;
mod link;
mod oauth1;
mod operator;
mod person;
mod ports;
mod programs;
mod python;
mod raw;
mod receiver;
mod reseal;
mod server;
mod stack;
mod tenant;
mod terminal;
mod wait;

pub use answer::Answer;
pub use bouncer::{Bouncer, Mode};
pub use browser::{Browser, Tab};
pub use cluster::Postgres;
pub use database::Database;
pub use demo::Demo;
pub use edge::Edge;
pub use identity::{CLIENT, Groups, IdentityProvider};
pub use leak::files_with;
pub use link::{Link, Returned};
pub use oauth1::oauth1_service;
pub use operator::Operator;
pub use person::{Page, Person, hidden_field, onward};
pub use ports::free_port;
pub use programs::{program, scratch};
pub use python::Python;
pub use raw::{Raw, status_of};
pub use receiver::{Received, Receiver, Reply};
pub use reseal::Resealer;
pub use server::Server;
pub use stack::{Stack, StackBuilder};
pub use tenant::{Tenant, TenantOptions};
pub use terminal::Terminal;
pub use wait::{PATIENCE, until};
