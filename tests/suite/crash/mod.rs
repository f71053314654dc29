//! The server is killed at the worst moment: everything acknowledged is kept, and the user can continue.

mod link;
mod revoke;
mod stop;
