//! `cargo demo` as a newcomer sees it: its output, how it stops, and the user's own app as its tenant.

mod flask;
mod launch;
mod stop;
mod tenant;
