//! Operators.

use bowline_api::Page;
use bowline_api::admin::{
    ChangeOwnPassword, ChangePassword, ChangeRole, CreateOperator, EnableOperator, LimitOperator, Operator,
};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post, put};
use secrecy::SecretString;

use crate::domain::Result;
use crate::http::{Admin, Body, ClientAddress, Personal, Shared, params};
use crate::route::problems::Problems;
use crate::service::operator;
use crate::service::operator::totp::TotpProof;

/// List operators
///
/// By name, including disabled operators.
#[utoipa::path(
    tag = "operators",
    responses((status = 200, body = Page<Operator>, description = "A page of operators"), Problems),
)]
#[get("/admin/v1/operators?<limit>&<cursor>")]
pub(super) async fn list(
    app: &Shared,
    _caller: Admin,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<Operator>>> {
    Ok(Json(operator::list(app, cursor, params::limit(limit)?).await?))
}

/// Add an operator
///
/// A name that exists is `already_exists` (409), even if that operator is disabled.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "operators",
    request_body = CreateOperator,
    responses((status = 201, body = Operator, description = "The operator"), Problems),
)]
#[post("/admin/v1/operators", data = "<body>")]
pub(super) async fn add(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    body: Body<CreateOperator>,
) -> Result<(Status, Json<Operator>)> {
    let CreateOperator { name, password, role, proof } = body.0;
    let actor = caller.prove(app, proof, from).await?;
    let operator = operator::add(app, &actor, &name, &SecretString::from(password), role).await?;
    Ok((Status::Created, Json(operator)))
}

/// Change another operator's password
///
/// Ends all sessions of the operator. Your own password is `invalid_state` (409): use `PUT /admin/v1/whoami/password`,
/// which asks for the current one.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "operators",
    request_body = ChangePassword,
    responses((status = 200, body = Operator, description = "The operator"), Problems),
)]
#[put("/admin/v1/operators/<operator>/password", data = "<body>")]
pub(super) async fn change_password(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    operator: &str,
    body: Body<ChangePassword>,
) -> Result<Json<Operator>> {
    let (id, password) = (params::id(operator)?, SecretString::from(body.0.password));
    let actor = caller.prove(app, body.0.proof, from).await?;
    Ok(Json(operator::change_password(app, &actor, id, &password).await?))
}

/// Change your own password
///
/// Asks for the current password, and for a one-time code if you log in with one, and ends all your sessions, including this
/// one. What is wrong counts as a failed login.
#[utoipa::path(
    tag = "operators",
    request_body = ChangeOwnPassword,
    responses((status = 200, body = Operator, description = "The operator, who has to log in again"), Problems),
)]
#[put("/admin/v1/whoami/password", data = "<body>")]
pub(super) async fn change_own_password(
    app: &Shared,
    caller: Personal,
    from: ClientAddress,
    body: Body<ChangeOwnPassword>,
) -> Result<Json<Operator>> {
    let ChangeOwnPassword { current_password, new_password, code } = body.0;
    let (current, new) = (TotpProof::new(current_password, code), SecretString::from(new_password));
    Ok(Json(operator::change_own_password(app, &caller.operator, &current, &new, from.ip()).await?))
}

/// Change an operator's role
///
/// Ends all sessions of the operator, unless they have this role already. Changing the role of the last admin is `last_admin` (409).
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "operators",
    request_body = ChangeRole,
    responses((status = 200, body = Operator, description = "The operator"), Problems),
)]
#[put("/admin/v1/operators/<operator>/role", data = "<body>")]
pub(super) async fn change_role(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    operator: &str,
    body: Body<ChangeRole>,
) -> Result<Json<Operator>> {
    let (id, ChangeRole { role, proof }) = (params::id(operator)?, body.0);
    let actor = caller.prove(app, proof, from).await?;
    Ok(Json(operator::change_role(app, &actor, id, role).await?))
}

/// Enable an operator
///
/// The operator can log in again, with the same password. Failed logins are cleared.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "operators",
    request_body = EnableOperator,
    responses((status = 200, body = Operator, description = "The operator"), Problems),
)]
#[post("/admin/v1/operators/<operator>/enable", data = "<body>")]
pub(super) async fn enable(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    operator: &str,
    body: Body<EnableOperator>,
) -> Result<Json<Operator>> {
    let id = params::id(operator)?;
    let actor = caller.prove(app, body.0.proof, from).await?;
    Ok(Json(operator::enable(app, &actor, id).await?))
}

/// Disable an operator
///
/// Ends all sessions of the operator, who can no longer log in. Disabling the last admin is `last_admin` (409).
#[utoipa::path(
    tag = "operators",
    responses((status = 200, body = Operator, description = "The operator"), Problems),
)]
#[post("/admin/v1/operators/<operator>/disable")]
pub(super) async fn disable(app: &Shared, caller: Admin, operator: &str) -> Result<Json<Operator>> {
    Ok(Json(operator::disable(app, &caller.actor(), params::id(operator)?).await?))
}

/// Limit an operator to tenants
///
/// The operator sees and acts on these tenants alone: everything of another one is `not_found` (404), lists need `tenant`, and
/// calls about all tenants are `insufficient_scope` (403). Ends all sessions of the operator. An admin cannot be limited.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "operators",
    request_body = LimitOperator,
    responses((status = 200, body = Operator, description = "The operator"), Problems),
)]
#[put("/admin/v1/operators/<operator>/tenants", data = "<body>")]
pub(super) async fn limit(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    operator: &str,
    body: Body<LimitOperator>,
) -> Result<Json<Operator>> {
    let (id, LimitOperator { tenants, proof }) = (params::id(operator)?, body.0);
    let actor = caller.prove(app, proof, from).await?;
    Ok(Json(operator::limit::limit(app, &actor, id, tenants.as_deref()).await?))
}
