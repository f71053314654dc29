//! The OpenAPI document, assembled from the lists of routes.

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

/// The document for tenants' apps: only `/v1`.
pub fn public() -> utoipa::openapi::OpenApi {
    Common::openapi().merge_from(v1::group().into_document())
}

/// The complete document.
pub fn whole() -> utoipa::openapi::OpenApi {
    public().merge_from(admin::group().into_document())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every change of the API appears in a commit. Reviewers see the document from which clients are generated.
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
