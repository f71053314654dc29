//! Routes with a limit per client address. The limit applies before the route's guards and its handler.

use rocket::http::Status;
use rocket::outcome::Outcome as Guarded;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route, async_trait};

use super::client_address::ClientAddress;
use super::policy::{Limit, Policy};
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
    limit: Limit,
}

impl Limited {
    async fn count(&self, request: &Request<'_>) -> Result<()> {
        let app = app(request)?;
        app.limited.delay((self.limit)(app).count(ClientAddress::of(request).ip())).await
    }
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
