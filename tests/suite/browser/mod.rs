//! What users see: Acme Photos, our page and simulated Dropbox in a real browser.

mod acme;
mod again;
mod direct;
mod docs;
mod frame;
mod site;
