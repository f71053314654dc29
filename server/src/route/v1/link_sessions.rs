//! `/v1/link-sessions`.

use std::sync::Arc;

use bowline_api::Page;
use bowline_api::v1::{Account, CompleteLinkSession, CreateLinkSession, LinkSession, NewLinkSession};
use rocket::response::status::Created;
use rocket::serde::json::Json;
use rocket::{State, get, post};

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::tenant_app::Link;
use crate::http::{Body, IdempotencyKey, Replayable, TenantApp, params};
use crate::route::problems::Problems;
use crate::service::link;
use crate::service::once::{Call, Claim, once};

/// Create a link session
///
/// Send the end user's browser to the `url` of the response. Keep the verifier of `completion_challenge` in the user's
/// session, under the `id` of the link session. Each call creates another session, unless it repeats an `Idempotency-Key`.
#[utoipa::path(tag = "link sessions", request_body = CreateLinkSession,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = NewLinkSession, description = "The link session"), Problems))]
#[post("/v1/link-sessions", data = "<body>")]
pub(super) async fn create(
    app: &State<Arc<App>>,
    caller: TenantApp<Link>,
    key: IdempotencyKey,
    body: Body<CreateLinkSession>,
) -> Result<Replayable<Created<Json<NewLinkSession>>>> {
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    let call = Call { key: key.as_deref(), route: "POST /v1/link-sessions", request: &body.0 };
    let work = async |claim: Option<&Claim>| link::create(app, tenant, &actor, &body.0, claim).await;
    let made = once(app, tenant, call, work).await?;
    Ok(made.respond(|session| Created::new(format!("/v1/link-sessions/{}", session.id)).body(Json(session))))
}

/// List link sessions
///
/// The tenant's link sessions in any status, newest first.
#[utoipa::path(tag = "link sessions",
    params(("external_user_id" = Option<String>, Query, description = "Only sessions of this user."),
        ("status" = Option<bowline_api::status::LinkSessionStatus>, Query, description = "Only sessions with this status."),
        ("created_after" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only sessions created at this time (RFC 3339) or later."),
        ("created_before" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only sessions created before this time (RFC 3339)."),
        ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<LinkSession>, description = "A page of link sessions"), Problems))]
#[get("/v1/link-sessions?<external_user_id>&<status>&<created_after>&<created_before>&<cursor>&<limit>")]
#[expect(clippy::too_many_arguments, reason = "one for each query parameter")]
pub(super) async fn list(
    app: &State<Arc<App>>,
    caller: TenantApp<Link>,
    external_user_id: Option<&str>,
    status: Option<&str>,
    created_after: Option<&str>,
    created_before: Option<&str>,
    cursor: Option<&str>,
    limit: Option<&str>,
) -> Result<Json<Page<LinkSession>>> {
    let query = link::LinkSessionQuery {
        external_user_id,
        status: params::query("status", status)?,
        created_after: params::time("created_after", created_after)?,
        created_before: params::time("created_before", created_before)?,
        cursor,
        limit: params::limit(limit)?,
    };
    Ok(Json(link::list(app, caller.key.tenant(), &query).await?))
}

/// Get a link session
///
/// With `wait`, the call is answered when the session changes its status, at the latest after that many seconds. It is
/// answered at once if the session has ended, if it does not have `known_status` any more, and if the server is about to
/// stop. Call again as long as the status is not the one that you wait for.
#[utoipa::path(tag = "link sessions",
    params(("id" = bowline_api::LinkSessionId, Path),
        ("wait" = Option<i64>, Query, minimum = 0, maximum = 30, description = "Seconds to wait for a change: 0 to 30; 0 if omitted."),
        ("known_status" = Option<bowline_api::status::LinkSessionStatus>, Query, description = "The status that you know. With `wait`, the call waits only while the session has it; if omitted, the status at the beginning of the call.")),
    responses((status = 200, body = LinkSession, description = "The link session"), Problems))]
#[get("/v1/link-sessions/<id>?<wait>&<known_status>")]
pub(super) async fn show(
    app: &State<Arc<App>>,
    caller: TenantApp<Link>,
    id: &str,
    wait: Option<&str>,
    known_status: Option<&str>,
) -> Result<Json<LinkSession>> {
    let (tenant, id) = (caller.key.tenant(), params::id(id)?);
    let (length, known) = (params::wait(wait)?, params::query("known_status", known_status)?);
    if length.is_zero() {
        return Ok(Json(link::show(app, tenant, id).await?));
    }
    Ok(Json(link::wait(app, tenant, id, known, length).await?))
}

/// Cancel a link session
///
/// Ends a session that the user should not continue: its `url` works no longer, and an approval that was given is not used. The session
/// is then `failed` with the failure `cancelled`. Repeating the call changes nothing. A session that has ended otherwise is refused with
/// `link_finished` and its `state`.
#[utoipa::path(tag = "link sessions", params(("id" = bowline_api::LinkSessionId, Path)),
    responses((status = 200, body = LinkSession, description = "The cancelled link session"), Problems))]
#[post("/v1/link-sessions/<id>/cancel")]
pub(super) async fn cancel(
    app: &State<Arc<App>>,
    caller: TenantApp<Link>,
    id: &str,
) -> Result<Json<LinkSession>> {
    Ok(Json(link::cancel(app, caller.key.tenant(), &caller.key.actor(), params::id(id)?).await?))
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
