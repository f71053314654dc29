//! What users see: Acme Photos, Bowline's page and the simulated Dropbox in a real browser.

mod acme;
mod again;
mod button;
mod direct;
mod docs;
mod frame;
mod gallery;
mod manage;
mod oauth1;
mod pages;
mod print;
mod simulator;
mod site;
