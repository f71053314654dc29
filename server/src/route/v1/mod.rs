//! `/v1`: the API for tenants' apps.

mod accounts;
mod events;
mod link_sessions;
mod manage_sessions;
mod sandbox;
mod tokens;
mod webhook_endpoints;

use super::list::{RouteGroup, documented};
use crate::http::Policy;

/// The policy of token fetches, which arrive many times a second.
const TOKEN_FETCH_POLICY: Policy = Policy { issues_tokens: true, is_frequent: true, ..Policy::DEFAULT };
/// The policy of forced refreshes, which occur at most once a minute for each account.
const TOKEN_REFRESH_POLICY: Policy = Policy { issues_tokens: true, ..Policy::DEFAULT };

/// The routes under `/v1`.
pub(super) fn group() -> RouteGroup {
    documented![
        link_sessions::create,
        link_sessions::list,
        link_sessions::show,
        link_sessions::cancel,
        link_sessions::complete,
        manage_sessions::create,
        accounts::list,
        accounts::show,
        accounts::delete,
        tokens::for_account => TOKEN_FETCH_POLICY,
        tokens::for_user => TOKEN_FETCH_POLICY,
        tokens::for_many => TOKEN_FETCH_POLICY,
        tokens::force => TOKEN_REFRESH_POLICY,
        accounts::check,
        accounts::sign,
        events::follow,
        webhook_endpoints::create,
        webhook_endpoints::list,
        webhook_endpoints::show,
        webhook_endpoints::edit,
        webhook_endpoints::remove,
        webhook_endpoints::disable,
        webhook_endpoints::enable,
        webhook_endpoints::rotate_secret,
        webhook_endpoints::test,
        webhook_endpoints::deliveries,
        webhook_endpoints::resend,
        webhook_endpoints::resend_since,
        sandbox::set_state,
        sandbox::approve,
        sandbox::fire,
    ]
}
