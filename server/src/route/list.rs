//! The list of routes. An entry names a handler. Mounting, the OpenAPI document with its security requirements, the
//! access log, the traces and the tests all use this list. A handler that is not listed is dead code, about which the
//! compiler warns.

use rocket::http::Method;
use rocket::{Build, Rocket, Route};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr, SecurityRequirement};

use crate::http::auth::security::Security;
use crate::http::policy::{ListedRoute, Listing, Span};
use crate::http::{Policy, limited, trace};
use crate::route::parameters;

/// The policy of pages that need no credential: they are limited per client address and begin a new trace, because the
/// headers of unknown callers are not trusted.
pub(super) const PAGE: Policy =
    Policy { span: Span::Own, limit: Some(|app| &app.link_pace), ..Policy::DEFAULT };

/// A route, the credential that its guards require, and how its requests are treated.
pub struct ListedEndpoint {
    route: Route,
    policy: Policy,
    security: Option<Security>,
    query: Vec<String>,
}

/// Lists handlers of an API, each with a policy if the usual one does not fit: `documented![handler, other => POLICY]`.
/// A handler without `#[utoipa::path]`, or with an argument that is not an
/// [`Argument`](crate::http::auth::security::Argument), does not compile.
macro_rules! documented {
    ($($($handler:ident)::+ $(=> $policy:expr)?),+ $(,)?) => {{
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($handler)::+),+))]
        struct Paths;
        $crate::route::list::undocumented![$($($handler)::+ $(=> $policy)?),+].documented(
            vec![$((
                [$(stringify!($handler)),+].join("_"),
                $crate::http::auth::security::Handler::security(&$($handler)::+),
            )),+],
            <Paths as utoipa::OpenApi>::openapi(),
        )
    }};
}

/// Lists handlers that are not part of the API, such as pages and probes, in the same form as [`documented`].
macro_rules! undocumented {
    ($($($handler:ident)::+ $(=> $policy:expr)?),+ $(,)?) => {
        $crate::route::list::RouteGroup::new(
            rocket::routes![$($($handler)::+),+],
            vec![$([$($policy,)? $crate::http::Policy::DEFAULT][0]),+],
        )
    };
}

pub(super) use {documented, undocumented};

/// The routes of one list, and their part of the OpenAPI document.
pub(super) struct RouteGroup {
    endpoints: Vec<ListedEndpoint>,
    document: OpenApi,
}

impl RouteGroup {
    /// For [`undocumented`].
    pub(super) fn new(routes: Vec<Route>, policies: Vec<Policy>) -> Self {
        let endpoint = |(route, policy)| ListedEndpoint { route, policy, security: None, query: Vec::new() };
        let endpoints = routes.into_iter().zip(policies).map(endpoint).collect();
        Self { endpoints, document: OpenApi::default() }
    }

    /// For [`documented`]: the name and the credential of each handler, and their document.
    pub(super) fn documented(mut self, handlers: Vec<(String, Option<Security>)>, document: OpenApi) -> Self {
        self.document = document;
        for (endpoint, (name, security)) in self.endpoints.iter_mut().zip(handlers) {
            endpoint.security = security;
            if let Some(operation) = operation(&mut self.document, &endpoint.route) {
                operation.operation_id = Some(operation_id(&endpoint.route, &name));
                operation.parameters.iter_mut().flatten().for_each(parameters::describe);
                operation.description =
                    operation.description.take().map(|text| description_without_breaks(&text));
                if let Some(security) = security {
                    operation.security = Some(vec![security_requirement(security)]);
                    let said = operation.description.take().into_iter().filter(|text| !text.is_empty());
                    operation.description =
                        Some(said.chain([credential_in_words(security)]).collect::<Vec<_>>().join("\n\n"));
                }
                endpoint.query = query_names(operation);
            }
        }
        self
    }

    pub(super) fn into_document(self) -> OpenApi {
        self.document
    }
}

/// The routes of one listener.
pub struct Listener(Vec<ListedEndpoint>);

impl Listener {
    pub(super) fn of(groups: impl IntoIterator<Item = RouteGroup>) -> Self {
        Self(groups.into_iter().flat_map(|group| group.endpoints).collect())
    }

    /// The routes, as they are mounted.
    pub fn endpoints(&self) -> &[ListedEndpoint] {
        &self.0
    }

    /// Mounts all routes, within spans if traces are exported.
    pub fn mount(self, rocket: Rocket<Build>, is_traced: bool) -> Rocket<Build> {
        let (listed, routes): (Vec<_>, Vec<_>) =
            self.0.into_iter().map(|endpoint| endpoint.split(is_traced)).unzip();
        rocket.manage(Listing(listed)).mount("/", routes)
    }
}

impl ListedEndpoint {
    /// The method.
    pub fn method(&self) -> Method {
        self.route.method
    }

    /// The path with the names of its parameters, such as `/v1/accounts/<id>`.
    pub fn path(&self) -> &str {
        self.route.uri.path()
    }

    /// The credential that it requires, if it is documented and requires one.
    pub fn security(&self) -> Option<Security> {
        self.security
    }

    fn split(self, is_traced: bool) -> (ListedRoute, Route) {
        let Self { route, policy, query, security: _ } = self;
        let listed =
            ListedRoute { method: route.method, template: route.uri.as_str().to_owned(), query, policy };
        let route = limited::limited(route, policy);
        (listed, if is_traced { trace::traced(route, policy) } else { route })
    }
}

fn operation<'d>(document: &'d mut OpenApi, route: &Route) -> Option<&'d mut Operation> {
    let path = route.uri.path().replace('<', "{").replace('>', "}");
    let item = document.paths.paths.get_mut(&path)?;
    let operation = match route.method {
        Method::Get => &mut item.get,
        Method::Put => &mut item.put,
        Method::Post => &mut item.post,
        Method::Delete => &mut item.delete,
        Method::Patch => &mut item.patch,
        _ => return None,
    };
    operation.as_mut()
}

/// A description without the line breaks that it has in the source, because documentation pages display them.
fn description_without_breaks(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// The name of an operation for generated clients, such as `accounts_list` and `admin_accounts_list`.
fn operation_id(route: &Route, handler: &str) -> String {
    let room = if route.uri.path().starts_with("/admin/") { "admin_" } else { "" };
    format!("{room}{handler}")
}

fn security_requirement(security: Security) -> SecurityRequirement {
    match security {
        Security::ApiKey(permission) => SecurityRequirement::new("api_key", [permission.as_str()]),
        Security::Operator(role) => SecurityRequirement::new("operator", [role.as_str()]),
    }
}

/// The requirement as text for readers, because few programs display the scopes of a bearer token.
fn credential_in_words(security: Security) -> String {
    match security {
        Security::ApiKey(permission) => format!("Requires an API key with the permission `{permission}`."),
        Security::Operator(role) => {
            format!("Requires the session of an operator with at least the role `{role}`.")
        }
    }
}

fn query_names(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().flatten();
    let names = parameters.filter_map(|parameter| match parameter {
        RefOr::T(one) if matches!(one.parameter_in, ParameterIn::Query) => Some(one.name.clone()),
        _ => None,
    });
    names.collect()
}
