//! Dropbox's authorization on this machine, with faults on demand.

fn main() {}
