//! Identifies the apps of sandboxes by their test keys.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::security::{Argument, Security};
use super::tenant_app::{Allows, TenantApp};
use crate::domain::Error;
use crate::http::problem::Refuse as _;
use crate::service::api_key::VerifiedKey;

/// A tenant app like [`TenantApp`], of a sandbox. For other apps the route does not exist.
#[derive(Debug, Clone)]
pub struct SandboxApp<P> {
    /// The app.
    app: TenantApp<P>,
}

impl<P> SandboxApp<P> {
    /// The test key that it presented.
    pub fn key(&self) -> &VerifiedKey {
        &self.app.key
    }
}

impl<P: Allows> Argument for SandboxApp<P> {
    const SECURITY: Option<Security> = Some(Security::ApiKey(P::PERMISSION));
}

#[rocket::async_trait]
impl<'r, P: Allows + Send> FromRequest<'r> for SandboxApp<P> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match TenantApp::from_request(request).await {
            Outcome::Success(app) if app.key.is_test() => Outcome::Success(Self { app }),
            Outcome::Success(_) => request.refuse(Error::not_found()),
            Outcome::Error(error) => Outcome::Error(error),
            Outcome::Forward(status) => Outcome::Forward(status),
        }
    }
}
