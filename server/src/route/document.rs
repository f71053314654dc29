//! The OpenAPI document, put together from the lists of routes.

use bowline_api::Problem;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{admin, problems, v1};

#[derive(OpenApi)]
#[openapi(
    info(title = "Bowline", description = "Links end users' Dropbox accounts to tenants' apps."),
    components(schemas(Problem)),
    modifiers(&Components),
)]
struct Common;

struct Components;

impl Modify for Components {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.responses.extend(problems::components());
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

/// What tenants' apps may see: `/v1` alone.
pub fn public() -> utoipa::openapi::OpenApi {
    Common::openapi().merge_from(v1::group().into_document())
}

/// Everything.
pub fn whole() -> utoipa::openapi::OpenApi {
    public().merge_from(admin::group().into_document())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every change of the API shows in a commit. What a reviewer sees is what clients are generated from.
    #[test]
    fn the_committed_document_is_up_to_date() {
        let committed = include_str!("../../../docs/openapi.json");
        let generated = whole().to_pretty_json().unwrap();
        assert!(
            committed.trim_end() == generated,
            "run `cargo run -p bowline-server -- openapi > docs/openapi.json`, and look at what has changed"
        );
    }
}
