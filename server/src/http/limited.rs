//! Routes with a limit per client address. The limit applies before the route's guards and its handler.

use bowline_api::TenantId;
use rocket::http::Status;
use rocket::outcome::Outcome as Guarded;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route, async_trait};

use super::client_address::ClientAddress;
use super::policy::{AddressLimit, Policy};
use super::problem::Refuse as _;
use super::shared::app;
use crate::domain::Result;

/// Limits a route if its policy says so.
#[must_use]
pub fn limited(mut route: Route, policy: Policy) -> Route {
    if let Some(limit) = policy.limit {
        route.handler = Box::new(Limited { inner: route.handler, limit });
    }
    route
}

#[derive(Clone)]
struct Limited {
    inner: Box<dyn Handler>,
    limit: AddressLimit,
}

impl Limited {
    async fn count(&self, request: &Request<'_>) -> Result<()> {
        let app = app(request)?;
        let counted = (self.limit)(app).count(ClientAddress::of(request).ip(), tenant_of_path(request));
        app.limited.delay(counted).await
    }
}

/// The tenant that the path names, if its route has one.
fn tenant_of_path(request: &Request<'_>) -> Option<TenantId> {
    // Routes are mounted at the root, so the places in the route are those in the request.
    let mut segments = request.route()?.uri.path().trim_start_matches('/').split('/');
    let place = segments.position(|segment| segment == "<tenant>")?;
    request.param::<&str>(place)?.ok()?.parse().ok()
}

#[async_trait]
impl Handler for Limited {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        match self.count(request).await {
            Ok(()) => self.inner.handle(request, data).await,
            Err(error) => {
                let status = Status::new(error.code().status());
                let _: Guarded<(), (Status, ()), ()> = request.refuse(error);
                Outcome::Error(status)
            }
        }
    }
}
