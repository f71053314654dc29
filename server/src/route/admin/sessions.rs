//! Logging in and out, and identifying oneself.

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
/// Five wrong passwords in a row lock the name for one second. Each further one doubles the time, up to 15 minutes.
#[utoipa::path(
    tag = "sessions",
    request_body = CreateSession,
    responses((status = 201, body = NewSession, description = "The session; its token is shown this once"), Problems),
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
#[utoipa::path(
    tag = "sessions",
    responses((status = 204, description = "The session is over"), Problems),
)]
#[delete("/admin/v1/sessions/current")]
pub(super) async fn log_out(app: &Shared, caller: Viewer) -> Result<Status> {
    session::log_out(app, &caller.actor(), caller.session).await?;
    Ok(Status::NoContent)
}

/// Who am I
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = Operator, description = "The operator whose session it is"), Problems),
)]
#[get("/admin/v1/whoami")]
pub(super) async fn whoami(app: &Shared, caller: Viewer) -> Result<Json<Operator>> {
    Ok(Json(operator::get(app, caller.operator.id).await?))
}
