//! `/v1/link-sessions`.

use std::sync::Arc;

use bowline_api::v1::{Account, CompleteLinkSession, CreateLinkSession, LinkSession, NewLinkSession};
use rocket::response::status::Created;
use rocket::serde::json::Json;
use rocket::{State, get, post};

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::tenant_app::Link;
use crate::http::{Body, TenantApp, params};
use crate::route::problems::Problems;
use crate::service::link;

/// Create a link session
///
/// Send the end user's browser to the `url` of the response. Keep the verifier of `completion_challenge` in the user's
/// session, under the `id` of the link session. Each call creates another session.
#[utoipa::path(tag = "link sessions", request_body = CreateLinkSession,
    responses((status = 201, body = NewLinkSession, description = "The link session"), Problems))]
#[post("/v1/link-sessions", data = "<body>")]
pub(super) async fn create(
    app: &State<Arc<App>>,
    caller: TenantApp<Link>,
    body: Body<CreateLinkSession>,
) -> Result<Created<Json<NewLinkSession>>> {
    let session = link::create(app, caller.key.tenant(), &caller.key.actor(), &body.0).await?;
    Ok(Created::new(format!("/v1/link-sessions/{}", session.id)).body(Json(session)))
}

/// Get a link session
#[utoipa::path(tag = "link sessions", params(("id" = bowline_api::LinkSessionId, Path)),
    responses((status = 200, body = LinkSession, description = "The link session"), Problems))]
#[get("/v1/link-sessions/<id>")]
pub(super) async fn show(
    app: &State<Arc<App>>,
    caller: TenantApp<Link>,
    id: &str,
) -> Result<Json<LinkSession>> {
    Ok(Json(link::show(app, caller.key.tenant(), params::id(id)?).await?))
}

/// Complete a link session
///
/// Call this in the request with which the browser returns, with the verifier from that user's session. If that session
/// has no verifier for the link session, do not complete it: the link may have been begun by somebody else. The call can
/// be repeated: after a lost response it returns the same account. After `provider_unavailable` (503) and
/// `link_in_progress` (409) it has to be repeated.
#[utoipa::path(tag = "link sessions", params(("id" = bowline_api::LinkSessionId, Path)),
    request_body = CompleteLinkSession,
    responses((status = 200, body = Account, description = "The linked account"), Problems))]
#[post("/v1/link-sessions/<id>/complete", data = "<body>")]
pub(super) async fn complete(
    app: &State<Arc<App>>,
    caller: TenantApp<Link>,
    id: &str,
    body: Body<CompleteLinkSession>,
) -> Result<Json<Account>> {
    Ok(Json(link::complete(app, caller.key.tenant(), &caller.key.actor(), params::id(id)?, &body.0).await?))
}
