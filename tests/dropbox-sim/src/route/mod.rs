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
mod sandbox;
mod token;

use rocket::{Catcher, Request, Route, catch, catchers, http::Status, routes};
use serde_json::json;

use crate::reply::Reply;

/// The routes of Dropbox, and those that control the simulator: everything, or for sandboxes only what each app may do with its own accounts.
pub(crate) fn all(sandbox: bool) -> Vec<Route> {
    let mut all = dropbox();
    all.extend(if sandbox {
        routes![sandbox::show, sandbox::register, sandbox::set_state, sandbox::approve]
    } else {
        control()
    });
    all
}

fn dropbox() -> Vec<Route> {
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
    ]
}

fn control() -> Vec<Route> {
    routes![
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
