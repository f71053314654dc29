//! `/admin/v1`: the API for operators.

mod accounts;
mod api_keys;
mod audit;
mod connectors;
mod drain_stop;
mod events;
mod freezes;
mod jobs;
mod lost_exchanges;
mod operators;
mod overview;
mod sessions;
mod sign_on;
mod tenants;
mod totp;
mod webhook_endpoints;

use super::list::{RouteGroup, documented};
use crate::http::Policy;

/// The policy of routes that check a password, or begin or finish a login.
const PASSWORD_POLICY: Policy = Policy { limit: Some(|app| &app.login_pace), ..Policy::DEFAULT };

/// The policy of routes that ask whether a login on another device is finished.
const DEVICE_POLL_POLICY: Policy = Policy { limit: Some(|app| &app.poll_pace), ..Policy::DEFAULT };

/// The routes under `/admin/v1`.
pub(super) fn group() -> RouteGroup {
    documented![
        sessions::log_in => PASSWORD_POLICY,
        sessions::log_out,
        sessions::whoami,
        sessions::list,
        sessions::end,
        sessions::end_others,
        sessions::list_of,
        sessions::end_of,
        sessions::end_all_of,
        sign_on::methods => PASSWORD_POLICY,
        sign_on::begin_browser => PASSWORD_POLICY,
        sign_on::finish_browser => PASSWORD_POLICY,
        sign_on::begin_device => PASSWORD_POLICY,
        sign_on::poll_device => DEVICE_POLL_POLICY,
        sign_on::begin_proof => PASSWORD_POLICY,
        sign_on::finish_proof => PASSWORD_POLICY,
        sign_on::begin_device_proof => PASSWORD_POLICY,
        sign_on::poll_device_proof => DEVICE_POLL_POLICY,
        overview::show,
        tenants::list,
        tenants::add,
        tenants::freeze,
        tenants::thaw,
        connectors::list,
        connectors::add,
        connectors::edit,
        connectors::remove,
        connectors::replace_secret => PASSWORD_POLICY,
        connectors::disable,
        connectors::enable,
        api_keys::list,
        api_keys::add => PASSWORD_POLICY,
        api_keys::rotate => PASSWORD_POLICY,
        api_keys::revoke,
        drain_stop::show,
        drain_stop::set => PASSWORD_POLICY,
        drain_stop::announce => PASSWORD_POLICY,
        drain_stop::resume => PASSWORD_POLICY,
        operators::list,
        operators::add => PASSWORD_POLICY,
        operators::change_password => PASSWORD_POLICY,
        operators::change_own_password => PASSWORD_POLICY,
        operators::change_role => PASSWORD_POLICY,
        operators::limit => PASSWORD_POLICY,
        totp::begin => PASSWORD_POLICY,
        totp::confirm => PASSWORD_POLICY,
        totp::renew_codes => PASSWORD_POLICY,
        totp::remove => PASSWORD_POLICY,
        totp::reset => PASSWORD_POLICY,
        operators::disable,
        operators::enable => PASSWORD_POLICY,
        accounts::list,
        accounts::show,
        accounts::status,
        accounts::timeline,
        accounts::token_holders,
        accounts::suspend,
        accounts::resume,
        accounts::revoke,
        accounts::migrate,
        lost_exchanges::list,
        freezes::list,
        freezes::lift,
        jobs::list,
        jobs::add,
        jobs::show,
        jobs::items,
        jobs::confirm => PASSWORD_POLICY,
        jobs::approve => PASSWORD_POLICY,
        jobs::stop,
        jobs::retry => PASSWORD_POLICY,
        audit::list,
        audit::verify,
        events::follow,
        webhook_endpoints::list,
        webhook_endpoints::create,
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
    ]
}
