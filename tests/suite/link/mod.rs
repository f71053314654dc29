//! Linking: the way through, the ways out, and everything that is tried to get in.

mod again;
mod binding;
mod callback;
mod completion;
mod direct;
mod forwarded;
mod lost;
mod malformed;
mod names;
mod page;
mod relink;
mod way;
