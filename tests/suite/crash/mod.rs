//! Killed at the worst moment: what was acknowledged is kept, and the user can go on.

mod link;
mod revoke;
mod stop;
