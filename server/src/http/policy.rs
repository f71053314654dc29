//! What the list of routes says about each route of a listener, for the guards and the fairing that act on it.

use rocket::Request;
use rocket::http::Method;

use crate::app::App;
use crate::service::limit::by_address::ByAddress;

/// How requests of one route are treated; `..Policy::DEFAULT` is what most of them get.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Logs good answers at `debug`: for token fetches, which leave their own record, and for health probes.
    pub is_frequent: bool,
    /// Answers with tokens, so that a failure counts against the objective for token calls.
    pub issues_tokens: bool,
    /// The span of a request.
    pub span: Span,
    /// The limit for each client address.
    pub limit: Option<Limit>,
}

/// Chooses one of the process's limits.
pub type Limit = fn(&App) -> &ByAddress;

/// The span of a request, where traces are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Continues the caller's trace, if it sends one.
    OfCaller,
    /// Begins a trace, whatever the caller sends: end users' headers decide nothing.
    Own,
    /// None: for probes, whose spans would outnumber all others.
    None,
}

impl Policy {
    /// What most routes get.
    pub const DEFAULT: Self =
        Self { is_frequent: false, issues_tokens: false, span: Span::OfCaller, limit: None };

    /// The policy of the route that takes the request.
    pub(super) fn of(request: &Request<'_>) -> Self {
        Listed::of(request).map_or(Self::DEFAULT, |listed| listed.policy)
    }
}

/// A route as it is listed.
#[derive(Debug)]
pub struct Listed {
    /// Its verb.
    pub method: Method,
    /// Its path with the names of its parameters, such as `/v1/accounts/<id>?<limit>`.
    pub template: String,
    /// The query parameters that it documents.
    pub query: Vec<String>,
    /// How its requests are treated.
    pub policy: Policy,
}

/// Every route of a listener, which manages the list.
#[derive(Debug)]
pub struct Listing(pub Vec<Listed>);

impl Listed {
    /// The entry of the route that takes the request.
    pub(super) fn of<'r>(request: &'r Request<'_>) -> Option<&'r Self> {
        let route = request.route()?;
        let listed = &request.rocket().state::<Listing>()?.0;
        listed.iter().find(|one| one.method == route.method && one.template == route.uri.as_str())
    }
}
