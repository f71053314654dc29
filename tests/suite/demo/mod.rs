//! `cargo demo` as a newcomer uses it: its output, its shutdown, and adding an own app as a tenant.

mod flask;
mod launch;
mod protocols;
mod stop;
mod tenant;
