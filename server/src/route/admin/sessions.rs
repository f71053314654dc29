//! Login, logout, the operator who is logged in, and the sessions of operators.

use bowline_api::Page;
use bowline_api::admin::{CreateSession, EndedSessions, NewSession, Operator, OperatorSession};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{delete, get, post};

use crate::domain::Result;
use crate::http::{Admin, Body, ClientAddress, Newcomer, Personal, Shared, UserAgent, params};
use crate::route::problems::Problems;
use crate::service::operator;
use crate::service::operator::totp::TotpProof;
use crate::service::operator::{session, sessions};

/// Log in
///
/// The response has the session's token, which is never shown again. The fifth wrong password in a row locks the name for
/// one second. Each further one doubles the time, up to 15 minutes. While the name is locked, the response is
/// `rate_limited` (429). An unknown name and a wrong password give the same `invalid_login`. If the password is right and the
/// operator logs in with one-time codes, a missing code is `totp_required` (403), and a wrong one is `invalid_login` and counts
/// as a wrong password does. Each code is accepted once.
#[utoipa::path(
    tag = "sessions",
    request_body = CreateSession,
    responses((status = 201, body = NewSession, description = "The session with its token"), Problems),
)]
#[post("/admin/v1/sessions", data = "<body>")]
pub(super) async fn log_in(
    app: &Shared,
    from: ClientAddress,
    program: UserAgent,
    body: Body<CreateSession>,
) -> Result<(Status, Json<NewSession>)> {
    let CreateSession { name, password, code } = body.0;
    let from = session::LoginOrigin { address: from.ip(), program: program.text() };
    let session = session::log_in(app, &name, &TotpProof::new(password, code), from).await?;
    Ok((Status::Created, Json(session)))
}

/// Log out
///
/// Ends the session of the presented token.
#[utoipa::path(
    tag = "sessions",
    responses((status = 204, description = "The session has ended"), Problems),
)]
#[delete("/admin/v1/sessions/current")]
pub(super) async fn log_out(app: &Shared, caller: Newcomer) -> Result<Status> {
    session::log_out(app, &caller.actor(), caller.session).await?;
    Ok(Status::NoContent)
}

/// Get your own operator
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = Operator, description = "The operator whose session was presented"), Problems),
)]
#[get("/admin/v1/whoami")]
pub(super) async fn whoami(app: &Shared, caller: Newcomer) -> Result<Json<Operator>> {
    Ok(Json(operator::get(app, caller.operator.id).await?))
}

/// List your own sessions
///
/// Those that have not ended, the newest first, all on one page. `is_current` marks the session of this call.
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = Page<OperatorSession>, description = "Your sessions"), Problems),
)]
#[get("/admin/v1/sessions")]
pub(super) async fn list(app: &Shared, caller: Personal) -> Result<Json<Page<OperatorSession>>> {
    Ok(Json(sessions::own(app, &caller.operator, caller.session).await?))
}

/// End one of your own sessions
///
/// A session that has ended or is another operator's is `not_found` (404).
#[utoipa::path(
    tag = "sessions",
    responses((status = 204, description = "The session has ended"), Problems),
)]
#[delete("/admin/v1/sessions/<session>")]
pub(super) async fn end(app: &Shared, caller: Personal, session: &str) -> Result<Status> {
    sessions::end(app, &caller.actor(), caller.operator.id, params::id(session)?).await?;
    Ok(Status::NoContent)
}

/// End your other sessions
///
/// Ends all your sessions except the one of this call.
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = EndedSessions, description = "How many sessions were ended"), Problems),
)]
#[post("/admin/v1/sessions/end-others")]
pub(super) async fn end_others(app: &Shared, caller: Personal) -> Result<Json<EndedSessions>> {
    Ok(Json(sessions::end_others(app, &caller.operator, caller.session).await?))
}

/// List an operator's sessions
///
/// Those that have not ended, the newest first, all on one page.
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = Page<OperatorSession>, description = "The operator's sessions"), Problems),
)]
#[get("/admin/v1/operators/<operator>/sessions")]
pub(super) async fn list_of(
    app: &Shared,
    caller: Admin,
    operator: &str,
) -> Result<Json<Page<OperatorSession>>> {
    Ok(Json(sessions::of(app, params::id(operator)?, caller.session).await?))
}

/// End one of an operator's sessions
#[utoipa::path(
    tag = "sessions",
    responses((status = 204, description = "The session has ended"), Problems),
)]
#[delete("/admin/v1/operators/<operator>/sessions/<session>")]
pub(super) async fn end_of(app: &Shared, caller: Admin, operator: &str, session: &str) -> Result<Status> {
    sessions::end(app, &caller.actor(), params::id(operator)?, params::id(session)?).await?;
    Ok(Status::NoContent)
}

/// End all of an operator's sessions
///
/// The operator can log in again; to prevent that, disable them.
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = EndedSessions, description = "How many sessions were ended"), Problems),
)]
#[delete("/admin/v1/operators/<operator>/sessions")]
pub(super) async fn end_all_of(app: &Shared, caller: Admin, operator: &str) -> Result<Json<EndedSessions>> {
    Ok(Json(sessions::end_all(app, &caller.actor(), params::id(operator)?).await?))
}
