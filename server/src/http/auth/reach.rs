//! Keeps operators who are limited to tenants within them, before any handler runs. What a call is about stands in its path or
//! query; a call that names nothing there is refused, so a new route is closed to them until it does.

use rocket::Request;

use crate::app::App;
use crate::domain::{Code, Error, Reach, Result};
use crate::http::params;
use crate::service::account::admin;
use crate::service::{job, tenant};

/// Checks that the call is about a tenant that the operator may reach. A tenant, account or job of another one is answered like
/// one that does not exist. A list that names no tenant keeps to the tenants within reach by itself.
///
/// # Errors
/// `not_found`; `invalid_field` for a list that needs `tenant`; `insufficient_scope` for a call about all tenants.
pub(super) async fn check(
    app: &App,
    request: &Request<'_>,
    reach: &Reach,
    lists_within_reach: bool,
) -> Result<()> {
    if reach.tenants().is_none() {
        return Ok(());
    }
    let route = request.route().ok_or_else(|| Error::bug("a guard runs without a route"))?;
    // Routes are mounted at the root, so the places in the route are those in the request.
    for (index, segment) in route.uri.path().trim_start_matches('/').split('/').enumerate() {
        let value = || request.param::<&str>(index).and_then(Result::ok).ok_or_else(Error::not_found);
        let tenant = match segment {
            "<tenant>" => tenant::named(app, value()?).await,
            "<account>" => admin::tenant_of(app, params::id(value()?)?).await,
            "<job>" => job::tenant_of(app, params::id(value()?)?).await,
            _ => continue,
        };
        return reach.check(tenant.map_err(|error| reach.hide(error))?);
    }
    let Some(query) = route.uri.query() else { return Err(about_all()) };
    if !query.split('&').any(|part| part == "<tenant>" || part.ends_with("..>")) {
        return Err(about_all());
    }
    let named = request.query_value::<&str>("tenant").and_then(Result::ok);
    if let Some(tenant) = tenant::named_in_query(app, named).await.map_err(|error| reach.hide(error))? {
        return reach.check(tenant);
    }
    if lists_within_reach {
        return Ok(());
    }
    let detail =
        "you are limited to some tenants: name one of them with `tenant`; GET /admin/v1/tenants lists yours";
    Err(Code::InvalidField.because(detail).field("tenant").into())
}

fn about_all() -> Error {
    Code::InsufficientScope.because("this call is about all tenants, and you are limited to some").into()
}
