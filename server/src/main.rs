//! The account-linking server: link pages, token API, admin API, workers.

fn main() {}
