//! Linking: the successful path, regular ways to end, and attacks.

mod again;
mod binding;
mod callback;
mod completion;
mod control;
mod direct;
mod forwarded;
mod lost;
mod malformed;
mod names;
mod oauth1;
mod oauth1_attacks;
mod oauth1_bound;
mod oauth1_connector;
mod oauth1_forwarded;
mod oauth1_migrate;
mod oauth1_same_token;
mod oauth1_sign;
mod once;
mod options;
mod outcome;
mod page;
mod relink;
mod team;
mod way;
mod widen;
