//! Login, logout, and the operator who is logged in.

use bowline_api::admin::{CreateSession, NewSession, Operator};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{delete, get, post};
use secrecy::SecretString;

use crate::domain::Result;
use crate::http::{Body, ClientAddress, Shared, Viewer};
use crate::route::problems::Problems;
use crate::service::operator;
use crate::service::operator::session;

/// Log in
///
/// The response has the session's token, which is never shown again. The fifth wrong password in a row locks the name for
/// one second. Each further one doubles the time, up to 15 minutes. While the name is locked, the response is
/// `rate_limited` (429). An unknown name and a wrong password give the same `invalid_login`.
#[utoipa::path(
    tag = "sessions",
    request_body = CreateSession,
    responses((status = 201, body = NewSession, description = "The session with its token"), Problems),
)]
#[post("/admin/v1/sessions", data = "<body>")]
pub(super) async fn log_in(
    app: &Shared,
    from: ClientAddress,
    body: Body<CreateSession>,
) -> Result<(Status, Json<NewSession>)> {
    let CreateSession { name, password } = body.0;
    let session = session::log_in(app, &name, &SecretString::from(password), from.ip()).await?;
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
pub(super) async fn log_out(app: &Shared, caller: Viewer) -> Result<Status> {
    session::log_out(app, &caller.actor(), caller.session).await?;
    Ok(Status::NoContent)
}

/// Get your own operator
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = Operator, description = "The operator whose session was presented"), Problems),
)]
#[get("/admin/v1/whoami")]
pub(super) async fn whoami(app: &Shared, caller: Viewer) -> Result<Json<Operator>> {
    Ok(Json(operator::get(app, caller.operator.id).await?))
}
