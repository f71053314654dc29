//! Kills at the worst moment: what was acknowledged is kept, and the user can continue.

mod link;
mod revoke;
mod stop;
