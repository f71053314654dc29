//! What users see: Acme Photos, our page and simulated Dropbox in a real browser.

mod acme;
mod again;
mod direct;
mod frame;
mod site;
