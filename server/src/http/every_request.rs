//! The fairing for every request and every response, whether or not a route matches.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Request, Response};

use super::{access_log, headers, received, verb};

/// Restores the verb of a request, adds the headers of a response, and writes the access log.
pub struct EveryRequest {
    /// `public` or `internal`.
    pub listener: &'static str,
}

#[rocket::async_trait]
impl Fairing for EveryRequest {
    fn info(&self) -> Info {
        Info { name: "every request", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        received::now(request);
        verb::restore(request, data).await;
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        headers::add(request, response);
        access_log::write(self.listener, request, response.status().code);
    }
}
