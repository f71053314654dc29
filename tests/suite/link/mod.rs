//! Linking: the successful path, regular ways to end, and attacks.

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
