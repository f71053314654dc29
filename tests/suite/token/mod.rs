//! The token API: a token that works now, or a plain word why there is none.

mod ahead;
mod batch;
mod breaker;
mod check;
mod failure;
mod force;
mod keys;
mod narrow;
mod offer;
mod refresh;
