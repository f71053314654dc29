//! The automatic stop of API keys that fetch the tokens of far more accounts than they are used to.

use bowline_api::admin::{AnnounceFetch, ApiKey, DrainStop, ResumeApiKey, SetDrainStop};
use rocket::serde::json::Json;
use rocket::{get, post, put};

use crate::domain::Result;
use crate::http::{Admin, Body, ClientAddress, Revoker, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::drain::act;
use crate::service::tenant;

/// Inspect the automatic stop
///
/// Whether and when an API key of the tenant is suspended by itself.
#[utoipa::path(
    tag = "api-keys",
    responses((status = 200, body = DrainStop, description = "The automatic stop"), Problems),
)]
#[get("/admin/v1/tenants/<tenant>/drain-stop")]
pub(super) async fn show(app: &Shared, _caller: Viewer, tenant: &str) -> Result<Json<DrainStop>> {
    Ok(Json(act::show(app, tenant::named(app, tenant).await?).await?))
}

/// Set the automatic stop
///
/// An API key that fetches the tokens of (or has requests signed for) more accounts in a minute than `times` its largest minute of the last seven days, and of more than
/// `least`, is suspended: every replica refuses it, an alarm is raised, and an operator has to let it work again. It is off unless it was
/// turned on, and known to every replica within seconds. Keys that are suspended stay so when it is turned off.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "api-keys",
    request_body = SetDrainStop,
    responses((status = 200, body = DrainStop, description = "The automatic stop"), Problems),
)]
#[put("/admin/v1/tenants/<tenant>/drain-stop", data = "<body>")]
pub(super) async fn set(
    app: &Shared,
    caller: Admin,
    from: ClientAddress,
    tenant: &str,
    body: Body<SetDrainStop>,
) -> Result<Json<DrainStop>> {
    let (of, wanted) = (tenant::named(app, tenant).await?, body.0);
    let actor = caller.prove(app, wanted.proof.clone(), from).await?;
    Ok(Json(act::set(app, &actor, of, &wanted).await?))
}

/// Announce a mass fetch
///
/// For so many minutes no key of the tenant is suspended, or only the named `key` is not, and what these keys fetch does not become a habit. The
/// tenant's other keys can still be suspended. A tenant has one announcement; another one takes its place. A tenant without an automatic stop
/// is `invalid_state` (409), and a key that is not the tenant's `not_found` (404).
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "api-keys",
    request_body = AnnounceFetch,
    responses((status = 200, body = DrainStop, description = "The automatic stop"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/drain-stop/announce", data = "<body>")]
pub(super) async fn announce(
    app: &Shared,
    caller: Revoker,
    from: ClientAddress,
    tenant: &str,
    body: Body<AnnounceFetch>,
) -> Result<Json<DrainStop>> {
    let (of, wanted) = (tenant::named(app, tenant).await?, body.0);
    let actor = caller.prove(app, wanted.proof.clone(), from).await?;
    Ok(Json(act::announce(app, &actor, of, &wanted).await?))
}

/// Resume a suspended API key
///
/// The key works again on every replica, and what it was suspended for counts as its habit. A key that is not suspended stays as it is.
///
/// Asks for your own password, and for a one-time code if you log in with one, as the member `proof`. What is wrong counts as a failed
/// login.
#[utoipa::path(
    tag = "api-keys",
    request_body = ResumeApiKey,
    responses((status = 200, body = ApiKey, description = "The API key"), Problems),
)]
#[post("/admin/v1/tenants/<tenant>/api-keys/<key>/resume", data = "<body>")]
pub(super) async fn resume(
    app: &Shared,
    caller: Revoker,
    from: ClientAddress,
    tenant: &str,
    key: &str,
    body: Body<ResumeApiKey>,
) -> Result<Json<ApiKey>> {
    let (of, key) = (tenant::named(app, tenant).await?, params::id(key)?);
    let ResumeApiKey { reason, proof } = body.0;
    let actor = caller.prove(app, proof, from).await?;
    Ok(Json(act::resume(app, &actor, of, key, &reason).await?))
}
