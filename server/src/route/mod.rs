//! Every route of each listener, in lists.

mod admin;
mod button;
mod docs;
pub mod document;
mod link;
pub mod list;
mod notices;
mod openapi;
mod ops;
mod parameters;
mod problems;
mod streamed;
mod v1;

pub use link::catchers as link_catchers;
use list::Listener;

/// The routes for end users, tenants' apps and the provider.
pub fn public() -> Listener {
    Listener::of([
        link::group(),
        v1::group(),
        notices::group(),
        openapi::public_group(),
        docs::group(),
        button::group(),
    ])
}

/// The routes for operators and monitoring.
pub fn internal() -> Listener {
    Listener::of([admin::group(), ops::group(), openapi::internal_group()])
}
