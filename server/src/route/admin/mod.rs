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

use super::list::{Group, documented};
use crate::http::Policy;

/// The policy of routes that check a password, or begin or finish a login.
const PASSWORD: Policy = Policy { limit: Some(|app| &app.login_pace), ..Policy::DEFAULT };

/// The policy of routes that ask whether a login on another device is finished.
const POLL: Policy = Policy { limit: Some(|app| &app.poll_pace), ..Policy::DEFAULT };

/// The routes under `/admin/v1`.
pub(super) fn group() -> Group {
    documented![
        sessions::log_in => PASSWORD,
        sessions::log_out,
        sessions::whoami,
        sessions::list,
        sessions::end,
        sessions::end_others,
        sessions::list_of,
        sessions::end_of,
        sessions::end_all_of,
        sign_on::methods => PASSWORD,
        sign_on::begin_browser => PASSWORD,
        sign_on::finish_browser => PASSWORD,
        sign_on::begin_device => PASSWORD,
        sign_on::poll_device => POLL,
        sign_on::begin_proof => PASSWORD,
        sign_on::finish_proof => PASSWORD,
        sign_on::begin_device_proof => PASSWORD,
        sign_on::poll_device_proof => POLL,
        overview::show,
        tenants::list,
        tenants::add,
        tenants::freeze,
        tenants::thaw,
        connectors::list,
        connectors::add,
        connectors::edit,
        connectors::remove,
        connectors::replace_secret => PASSWORD,
        connectors::disable,
        connectors::enable,
        api_keys::list,
        api_keys::add => PASSWORD,
        api_keys::rotate => PASSWORD,
        api_keys::revoke,
        drain_stop::show,
        drain_stop::set => PASSWORD,
        drain_stop::announce => PASSWORD,
        drain_stop::resume => PASSWORD,
        operators::list,
        operators::add => PASSWORD,
        operators::change_password => PASSWORD,
        operators::change_own_password => PASSWORD,
        operators::change_role => PASSWORD,
        operators::limit => PASSWORD,
        totp::begin => PASSWORD,
        totp::confirm => PASSWORD,
        totp::renew_codes => PASSWORD,
        totp::remove => PASSWORD,
        totp::reset => PASSWORD,
        operators::disable,
        operators::enable => PASSWORD,
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
        jobs::confirm => PASSWORD,
        jobs::approve => PASSWORD,
        jobs::stop,
        jobs::retry => PASSWORD,
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
