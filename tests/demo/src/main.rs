//! Everything running together, with the sample tenant app Acme Photos.

fn main() {}
