//! Routes that each client address may call so often only. The limit stands around a route, before its guards and its handler.

use rocket::http::Status;
use rocket::outcome::Outcome as Guarded;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route, async_trait};

use super::client_address::ClientAddress;
use super::problem::Refuse as _;
use super::tenant_app::app;
use crate::app::App;
use crate::service::by_address::ByAddress;

/// Which limit.
type Which = fn(&App) -> &ByAddress;

/// The same routes, limited as link pages are.
#[must_use]
pub fn as_link(routes: Vec<Route>) -> Vec<Route> {
    limited(routes, |app| &app.link_pace)
}

/// The same routes, limited as logins are.
#[must_use]
pub fn as_login(routes: Vec<Route>) -> Vec<Route> {
    limited(routes, |app| &app.login_pace)
}

fn limited(routes: Vec<Route>, which: Which) -> Vec<Route> {
    let wrap = |mut route: Route| {
        route.handler = Box::new(Limited { inner: route.handler, which });
        route
    };
    routes.into_iter().map(wrap).collect()
}

#[derive(Clone)]
struct Limited {
    inner: Box<dyn Handler>,
    which: Which,
}

#[async_trait]
impl Handler for Limited {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let counted = app(request).and_then(|app| (self.which)(app).count(ClientAddress::of(request).ip()));
        match counted {
            Ok(()) => self.inner.handle(request, data).await,
            Err(error) => {
                if let Ok(app) = app(request) {
                    app.limited.wait().await;
                }
                let status = Status::new(error.code().status());
                let _: Guarded<(), (Status, ()), ()> = request.refuse(error);
                Outcome::Error(status)
            }
        }
    }
}
