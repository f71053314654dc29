//! All routes in one list.

mod api;
mod authorize;
mod control;
mod head;
mod notice;
mod oauth1;
mod oauth1_page;
mod page;
mod panel;
mod token;

use rocket::{Catcher, Request, Route, catch, catchers, http::Status, routes};
use serde_json::json;

use crate::reply::Reply;

pub(crate) fn all() -> Vec<Route> {
    routes![
        authorize::show,
        authorize::decide,
        authorize::sign_in,
        authorize::sign_out,
        token::token,
        oauth1::v1_request_token,
        oauth1::v1_access_token,
        oauth1::v1_account,
        oauth1::v1_account_by_post,
        oauth1::v1_disable,
        oauth1::v1_token_from_oauth1,
        oauth1::v1a_request_token,
        oauth1::v1a_access_token,
        oauth1::v1a_account,
        oauth1_page::v1_show,
        oauth1_page::v1_decide,
        oauth1_page::v1a_show,
        oauth1_page::v1a_decide,
        api::call,
        control::index,
        control::calls,
        control::grants,
        control::plant_grant,
        control::revoke_grant,
        control::disconnect,
        control::expire,
        control::clock,
        control::reset,
        control::apps,
        control::put_app,
        control::patch_app,
        notice::set_webhook_uri,
        notice::notify,
        control::users,
        control::add_user,
        control::patch_user,
        control::faults,
        control::set_fault,
        control::clear_fault,
        control::clear_faults,
        control::settings,
        control::change_settings,
        control::approve,
        control::decline,
        panel::show,
        panel::act,
    ]
}

pub(crate) fn catchers() -> Vec<Catcher> {
    catchers![anything]
}

#[catch(default)]
fn anything(status: Status, _: &Request<'_>) -> Reply {
    Reply::json(status.code, &json!({"error": status.reason_lossy()}))
}
