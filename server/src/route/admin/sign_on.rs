//! Single sign-on: how operators log in, and logins at the identity provider.

use bowline_api::admin::{
    BeginBrowserSignOn, BrowserSignOn, DeviceSignOn, FinishBrowserSignOn, LoginMethods, NewSession,
    PollDeviceSignOn, PolledSignOn,
};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{get, post};

use crate::domain::Result;
use crate::http::{Body, ClientAddress, NoQuery, Personal, Shared, UserAgent};
use crate::route::problems::Problems;
use crate::service::operator::session::LoginOrigin;
use crate::service::operator::sign_on;

/// Get the login methods
///
/// Whether operators log in with a password (`POST /admin/v1/sessions`), at an identity provider, or both. Needs no session.
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = LoginMethods, description = "How operators log in here"), Problems),
)]
#[get("/admin/v1/login")]
pub(super) async fn methods(app: &Shared, _query: NoQuery) -> Json<LoginMethods> {
    Json(sign_on::methods(app).await)
}

/// Begin a login in a browser
///
/// Listen on a loopback address first, and then send the operator's browser to `url`. The identity provider sends it back to
/// `redirect_uri` with `code` and `state`. `invalid_state` (409) if the server has no identity provider.
#[utoipa::path(
    tag = "sessions",
    request_body = BeginBrowserSignOn,
    responses((status = 201, body = BrowserSignOn, description = "The page for the browser, and a secret to finish with"), Problems),
)]
#[post("/admin/v1/sign-on/browser", data = "<body>")]
pub(super) async fn begin_browser(
    app: &Shared,
    body: Body<BeginBrowserSignOn>,
) -> Result<(Status, Json<BrowserSignOn>)> {
    Ok((Status::Created, Json(sign_on::browser::begin(app, None, &body.0.redirect_uri).await?)))
}

/// Finish a login in a browser
///
/// A login can be finished once, whatever the outcome, and within 10 minutes; otherwise it is `sign_on_failed` (410). A person without a
/// group that has a role here, or whom an admin has disabled, is `sign_on_refused` (403). The role follows the groups at each login.
#[utoipa::path(
    tag = "sessions",
    request_body = FinishBrowserSignOn,
    responses((status = 201, body = NewSession, description = "The session with its token"), Problems),
)]
#[post("/admin/v1/sign-on/browser/finish", data = "<body>")]
pub(super) async fn finish_browser(
    app: &Shared,
    from: ClientAddress,
    program: UserAgent,
    body: Body<FinishBrowserSignOn>,
) -> Result<(Status, Json<NewSession>)> {
    let from = LoginOrigin { address: from.ip(), program: program.text() };
    Ok((Status::Created, Json(sign_on::browser::finish(app, &body.0, from).await?)))
}

/// Begin a login on another device
///
/// Show the code and the address to the operator, and poll. `invalid_state` (409) if the identity provider has no device flow.
#[utoipa::path(
    tag = "sessions",
    responses((status = 201, body = DeviceSignOn, description = "The code for the operator, and a secret to poll with"), Problems),
)]
#[post("/admin/v1/sign-on/device")]
pub(super) async fn begin_device(app: &Shared, _query: NoQuery) -> Result<(Status, Json<DeviceSignOn>)> {
    Ok((Status::Created, Json(sign_on::device::begin(app, None).await?)))
}

/// Poll a login on another device
///
/// Answers with a session once the operator has approved, and with `wait_seconds` until then. A login that the operator has declined, or
/// that has ended, is `sign_on_failed` (410).
#[utoipa::path(
    tag = "sessions",
    request_body = PollDeviceSignOn,
    responses((status = 200, body = PolledSignOn, description = "A session, or how long to wait"), Problems),
)]
#[post("/admin/v1/sign-on/device/poll", data = "<body>")]
pub(super) async fn poll_device(
    app: &Shared,
    from: ClientAddress,
    program: UserAgent,
    body: Body<PollDeviceSignOn>,
) -> Result<Json<PolledSignOn>> {
    let from = LoginOrigin { address: from.ip(), program: program.text() };
    Ok(Json(sign_on::device::poll(app, &body.0.secret, from).await?))
}

/// Begin to prove that it is you, in a browser
///
/// For operators who log in at the identity provider and have no password: they log in there anew. Afterwards the secret counts once, for five
/// minutes, as the `password` of a call that asks for yours. `invalid_state` (409) if you have a password.
#[utoipa::path(
    tag = "sessions",
    request_body = BeginBrowserSignOn,
    responses((status = 201, body = BrowserSignOn, description = "The page for the browser, and a secret to finish with"), Problems),
)]
#[post("/admin/v1/whoami/sign-on/browser", data = "<body>")]
pub(super) async fn begin_proof(
    app: &Shared,
    caller: Personal,
    body: Body<BeginBrowserSignOn>,
) -> Result<(Status, Json<BrowserSignOn>)> {
    let begun = sign_on::browser::begin(app, Some(&caller.operator), &body.0.redirect_uri).await?;
    Ok((Status::Created, Json(begun)))
}

/// Finish proving that it is you, in a browser
///
/// Somebody else's login is `sign_on_refused` (403).
#[utoipa::path(
    tag = "sessions",
    request_body = FinishBrowserSignOn,
    responses((status = 204, description = "The secret counts as your password, once"), Problems),
)]
#[post("/admin/v1/whoami/sign-on/browser/finish", data = "<body>")]
pub(super) async fn finish_proof(
    app: &Shared,
    caller: Personal,
    from: ClientAddress,
    body: Body<FinishBrowserSignOn>,
) -> Result<Status> {
    sign_on::browser::prove(app, &caller.operator, &body.0, from.ip()).await?;
    Ok(Status::NoContent)
}

/// Begin to prove that it is you, on another device
///
/// As in a browser, with a code.
#[utoipa::path(
    tag = "sessions",
    responses((status = 201, body = DeviceSignOn, description = "The code for the operator, and a secret to poll with"), Problems),
)]
#[post("/admin/v1/whoami/sign-on/device")]
pub(super) async fn begin_device_proof(
    app: &Shared,
    caller: Personal,
) -> Result<(Status, Json<DeviceSignOn>)> {
    Ok((Status::Created, Json(sign_on::device::begin(app, Some(&caller.operator)).await?)))
}

/// Poll a proof on another device
///
/// Answers with `wait_seconds` until the operator has approved. Without it, the secret counts as your password, once.
#[utoipa::path(
    tag = "sessions",
    request_body = PollDeviceSignOn,
    responses((status = 200, body = PolledSignOn, description = "How long to wait, or nothing"), Problems),
)]
#[post("/admin/v1/whoami/sign-on/device/poll", data = "<body>")]
pub(super) async fn poll_device_proof(
    app: &Shared,
    caller: Personal,
    from: ClientAddress,
    body: Body<PollDeviceSignOn>,
) -> Result<Json<PolledSignOn>> {
    Ok(Json(sign_on::device::prove(app, &caller.operator, &body.0.secret, from.ip()).await?))
}
