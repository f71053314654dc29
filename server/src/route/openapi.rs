//! The description of all routes, generated from the handlers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bowline_api::Problem;
use rocket::http::ContentType;
use rocket::{Route, get, routes};
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::admin;
use crate::guard::NoQuery;
use crate::guard::query::Names;

/// Every refusal that any route may answer with, as `application/problem+json` (RFC 9457).
pub struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = |description: &str| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            ResponseBuilder::new()
                .description(description)
                .content("application/problem+json", content)
                .build()
        };
        [
            ("400", "The request, a query parameter or its cursor is malformed"),
            ("401", "No valid credential was given"),
            ("403", "The credential may not do this"),
            ("404", "There is no such thing"),
            ("405", "The method does nothing here"),
            ("408", "The body did not arrive in time"),
            ("409", "The state of things does not allow this"),
            ("410", "It was there and is not any more"),
            ("413", "The body is too large"),
            ("415", "The body is not JSON"),
            ("422", "A field's value is not acceptable"),
            ("429", "Too many requests; see Retry-After"),
            ("500", "Something went wrong here"),
            ("502", "The provider refuses the connector, or makes no sense"),
            ("503", "The database or the provider cannot be reached; see Retry-After"),
        ]
        .into_iter()
        .map(|(status, description)| (status.to_owned(), RefOr::T(response(description))))
        .collect()
    }
}

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for (name, description) in [
            ("operator", "A session of an operator: bwl_op_…"),
            ("api_key", "A key of a tenant's app: bwl_sk_…"),
        ] {
            let bearer =
                HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
            components.add_security_scheme(name, SecurityScheme::Http(bearer));
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Bowline", description = "Links end users' Dropbox accounts to tenants' apps."),
    components(schemas(Problem)),
    modifiers(&Schemes),
)]
struct Common;

#[derive(OpenApi)]
#[openapi(paths(
    admin::sessions::log_in,
    admin::sessions::log_out,
    admin::sessions::whoami,
    admin::overview::overview,
    admin::tenants::list,
    admin::tenants::add,
    admin::connectors::list,
    admin::connectors::add,
    admin::connectors::replace_secret,
    admin::connectors::disable,
    admin::connectors::enable,
    admin::api_keys::list,
    admin::api_keys::add,
    admin::api_keys::revoke,
    admin::operators::list,
    admin::operators::add,
    admin::operators::change_password,
    admin::operators::change_own_password,
    admin::operators::change_role,
    admin::operators::disable,
    admin::operators::enable,
    admin::accounts::list,
    admin::accounts::show,
    admin::accounts::status,
    admin::accounts::timeline,
    admin::accounts::suspend,
    admin::accounts::resume,
    admin::accounts::revoke,
    admin::lost_exchanges::list,
    admin::freezes::list,
    admin::freezes::lift,
    admin::audit::list,
    admin::audit::verify,
))]
struct Admin;

/// What tenant apps may see: `/v1` alone.
pub fn public_document() -> utoipa::openapi::OpenApi {
    Common::openapi().merge_from(super::v1::openapi())
}

/// Everything.
pub fn document() -> utoipa::openapi::OpenApi {
    public_document().merge_from(Admin::openapi())
}

/// Names of the query parameters of each route in the document.
pub fn query_names() -> Names {
    let mut names = Names::new();
    for (path, item) in document().paths.paths {
        let operations = [
            ("GET", item.get),
            ("PUT", item.put),
            ("POST", item.post),
            ("DELETE", item.delete),
            ("PATCH", item.patch),
        ];
        for (method, operation) in operations {
            let parameters = operation.and_then(|operation| operation.parameters).unwrap_or_default();
            let query = parameters.into_iter().filter_map(|parameter| match parameter {
                RefOr::T(one) if matches!(one.parameter_in, ParameterIn::Query) => Some(one.name),
                _ => None,
            });
            names.insert(format!("{method} {path}"), query.collect());
        }
    }
    names
}

static INTERNAL: LazyLock<String> = LazyLock::new(|| text(&document()));
static PUBLIC: LazyLock<String> = LazyLock::new(|| text(&public_document()));

fn text(document: &utoipa::openapi::OpenApi) -> String {
    document.to_pretty_json().unwrap_or_default()
}

#[get("/openapi.json")]
fn internal(_query: NoQuery) -> (ContentType, &'static str) {
    (ContentType::JSON, INTERNAL.as_str())
}

#[get("/openapi.json")]
fn public(_query: NoQuery) -> (ContentType, &'static str) {
    (ContentType::JSON, PUBLIC.as_str())
}

/// For the internal listener: everything.
pub fn internal_routes() -> Vec<Route> {
    routes![internal]
}

/// For the public listener: `/v1` alone.
pub fn public_routes() -> Vec<Route> {
    routes![public]
}
