//! The token API: a token that works now, or a plain word why there is none.

mod batch;
mod failure;
mod keys;
mod refresh;
mod replicas;
