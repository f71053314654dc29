//! The policies of the listed routes, for the guards and the fairing that apply them.

use rocket::Request;
use rocket::http::Method;

use crate::app::App;
use crate::service::limit::by_address::ByAddress;

/// How requests of one route are treated. Most routes use `Policy::DEFAULT`.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Logs successful requests at `debug`: for token fetches, which have their own record, and for health probes.
    pub is_frequent: bool,
    /// The route returns tokens, so a failure counts against the objective for token calls.
    pub issues_tokens: bool,
    /// The policy for the request's span.
    pub span: Span,
    /// The route's limit for each client address.
    pub limit: Option<AddressLimit>,
}

/// Chooses one of the process's limits.
pub type AddressLimit = fn(&App) -> &ByAddress;

/// The span of a request, if traces are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Continues the caller's trace, if it sends one.
    OfCaller,
    /// Begins a trace and ignores what the caller sends, for routes of end users.
    Own,
    /// No span, for probes, whose spans would outnumber all others.
    None,
}

impl Policy {
    /// The policy of most routes.
    pub const DEFAULT: Self =
        Self { is_frequent: false, issues_tokens: false, span: Span::OfCaller, limit: None };

    /// The policy of the route that takes the request.
    pub(super) fn of(request: &Request<'_>) -> Self {
        ListedRoute::of(request).map_or(Self::DEFAULT, |listed| listed.policy)
    }
}

/// The entry of a route in the list.
#[derive(Debug)]
pub struct ListedRoute {
    /// Its method.
    pub method: Method,
    /// Its path with the names of its parameters, such as `/v1/accounts/<id>?<limit>`.
    pub template: String,
    /// The query parameters that the listed route documents.
    pub query: Vec<String>,
    /// The policy by which the route's requests are treated.
    pub policy: Policy,
}

/// All routes of a listener. Rocket manages it as state.
#[derive(Debug)]
pub struct Listing(pub Vec<ListedRoute>);

impl ListedRoute {
    /// The entry of the route that takes the request.
    pub(super) fn of<'r>(request: &'r Request<'_>) -> Option<&'r Self> {
        let route = request.route()?;
        let listed = &request.rocket().state::<Listing>()?.0;
        listed.iter().find(|one| one.method == route.method && one.template == route.uri.as_str())
    }
}
