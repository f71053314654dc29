//! Operators.

use bowline_api::Page;
use bowline_api::admin::{ChangePassword, CreateOperator, Operator};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post, put};
use secrecy::SecretString;

use super::Shared;
use crate::domain::Result;
use crate::guard::{Admin, Body, params};
use crate::route::openapi::Problems;
use crate::service::operator;

/// List operators
///
/// In the order of their names, disabled ones too.
#[utoipa::path(
    tag = "operators",
    responses((status = 200, body = Page<Operator>, description = "A page"), Problems),
    security(("operator" = [])),
)]
#[get("/admin/v1/operators?<limit>&<cursor>")]
pub async fn list(
    app: &Shared,
    _caller: Admin,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<Operator>>> {
    Ok(Json(operator::list(app, cursor, params::limit(limit)?).await?))
}

/// Add an operator
#[utoipa::path(
    tag = "operators",
    request_body = CreateOperator,
    responses((status = 201, body = Operator, description = "The operator"), Problems),
    security(("operator" = [])),
)]
#[post("/admin/v1/operators", data = "<body>")]
pub async fn add(
    app: &Shared,
    caller: Admin,
    body: Body<CreateOperator>,
) -> Result<(Status, Json<Operator>)> {
    let CreateOperator { name, password, role } = body.0;
    let operator = operator::add(app, &caller.actor(), &name, &SecretString::from(password), role).await?;
    Ok((Status::Created, Json(operator)))
}

/// Change an operator's password
///
/// Ends all sessions of the operator.
#[utoipa::path(
    tag = "operators",
    request_body = ChangePassword,
    responses((status = 200, body = Operator, description = "The operator"), Problems),
    security(("operator" = [])),
)]
#[put("/admin/v1/operators/<operator>/password", data = "<body>")]
pub async fn change_password(
    app: &Shared,
    caller: Admin,
    operator: &str,
    body: Body<ChangePassword>,
) -> Result<Json<Operator>> {
    let (id, password) = (params::id(operator)?, SecretString::from(body.0.password));
    Ok(Json(operator::change_password(app, &caller.actor(), id, &password).await?))
}

/// Disable an operator
///
/// Ends all sessions of the operator, who cannot log in any more.
#[utoipa::path(
    tag = "operators",
    responses((status = 200, body = Operator, description = "The operator"), Problems),
    security(("operator" = [])),
)]
#[post("/admin/v1/operators/<operator>/disable")]
pub async fn disable(app: &Shared, caller: Admin, operator: &str) -> Result<Json<Operator>> {
    Ok(Json(operator::disable(app, &caller.actor(), params::id(operator)?).await?))
}
