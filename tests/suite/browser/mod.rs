//! What people see: Acme Photos, our page and simulated Dropbox in a real browser.

mod acme;
mod frame;
