//! One-time codes of operators.

use bowline_api::admin::{ConfirmTotp, EndedSessions, ProvePassword, RecoveryCodes, TotpSecret};
use rocket::http::Status;
use rocket::post;
use rocket::serde::json::Json;

use crate::domain::Result;
use crate::http::{Admin, Body, ClientAddress, Newcomer, Personal, Shared, params};
use crate::route::problems::Problems;
use crate::service::operator::totp::{TotpProof, enrol};

/// Begin to set up one-time codes
///
/// Asks for your password, and for a code if you log in with one already. The response has a new secret for an authenticator
/// app, which is never shown again. It is in use once it is confirmed within 10 minutes.
#[utoipa::path(
    tag = "operators",
    request_body = ProvePassword,
    responses((status = 201, body = TotpSecret, description = "The secret"), Problems),
)]
#[post("/admin/v1/whoami/totp", data = "<body>")]
pub(super) async fn begin(
    app: &Shared,
    caller: Newcomer,
    from: ClientAddress,
    body: Body<ProvePassword>,
) -> Result<(Status, Json<TotpSecret>)> {
    let proof = TotpProof::new(body.0.password, body.0.code);
    Ok((Status::Created, Json(enrol::begin(app, &caller.operator, &proof, from.ip()).await?)))
}

/// Confirm one-time codes
///
/// The code shows that your app has the secret. From then on, logins need a code. The response has recovery codes, which are
/// never shown again. Your other sessions end. A wrong code counts as a failed login.
#[utoipa::path(
    tag = "operators",
    request_body = ConfirmTotp,
    responses((status = 200, body = RecoveryCodes, description = "The recovery codes"), Problems),
)]
#[post("/admin/v1/whoami/totp/confirm", data = "<body>")]
pub(super) async fn confirm(
    app: &Shared,
    caller: Newcomer,
    from: ClientAddress,
    body: Body<ConfirmTotp>,
) -> Result<Json<RecoveryCodes>> {
    Ok(Json(enrol::confirm(app, &caller.operator, caller.session, &body.0.code, from.ip()).await?))
}

/// Replace your recovery codes
///
/// Asks for your password and a code. The old recovery codes are void.
#[utoipa::path(
    tag = "operators",
    request_body = ProvePassword,
    responses((status = 200, body = RecoveryCodes, description = "The recovery codes"), Problems),
)]
#[post("/admin/v1/whoami/totp/recovery-codes", data = "<body>")]
pub(super) async fn renew_codes(
    app: &Shared,
    caller: Personal,
    from: ClientAddress,
    body: Body<ProvePassword>,
) -> Result<Json<RecoveryCodes>> {
    let proof = TotpProof::new(body.0.password, body.0.code);
    Ok(Json(enrol::renew_codes(app, &caller.operator, &proof, from.ip()).await?))
}

/// Remove your one-time codes
///
/// Asks for your password and a code. Refused with `invalid_state` (409) if the service requires one-time codes.
#[utoipa::path(
    tag = "operators",
    request_body = ProvePassword,
    responses((status = 204, description = "Logins need no code any more"), Problems),
)]
#[post("/admin/v1/whoami/totp/remove", data = "<body>")]
pub(super) async fn remove(
    app: &Shared,
    caller: Personal,
    from: ClientAddress,
    body: Body<ProvePassword>,
) -> Result<Status> {
    let proof = TotpProof::new(body.0.password, body.0.code);
    enrol::remove(app, &caller.operator, &proof, from.ip()).await?;
    Ok(Status::NoContent)
}

/// Reset an operator's one-time codes
///
/// For an operator who has lost their app and their recovery codes. Asks for your own password, and for a code if you log in
/// with one. Ends all sessions of the operator.
#[utoipa::path(
    tag = "operators",
    request_body = ProvePassword,
    responses((status = 200, body = EndedSessions, description = "How many sessions were ended"), Problems),
)]
#[post("/admin/v1/operators/<operator>/totp/reset", data = "<body>")]
pub(super) async fn reset(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    operator: &str,
    body: Body<ProvePassword>,
) -> Result<Json<EndedSessions>> {
    let (id, proof) = (params::id(operator)?, TotpProof::new(body.0.password, body.0.code));
    Ok(Json(enrol::reset_for(app, &caller.operator, id, &proof, from.ip()).await?))
}
