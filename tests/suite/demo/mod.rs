//! `cargo demo` as a newcomer meets it: what it prints, how it stops, and an app of one's own as its tenant.

mod flask;
mod launch;
mod stop;
mod tenant;
