//! The OpenAPI document, assembled from the lists of routes: operation ids, security requirements, tags.

use bowline_api::Problem;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{admin, notices, problems, v1};

/// What applies to all operations.
const API_INTRODUCTION: &str = "Bowline links end users' Dropbox accounts to tenants' apps, and issues access tokens for them.

- Bodies are JSON objects. A request with an unknown field or query parameter is refused; responses may gain fields.
- Times are RFC 3339 in UTC. Ids have a prefix that names their kind, such as `acct_`.
- Errors are `application/problem+json` (RFC 9457). Decide by `code`, show `detail` to a developer, and quote \
`request_id` when you ask for help.
- Lists have pages of up to 200 rows. Pass `next` or `prev` of a page as `cursor` to get its neighbour.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Bowline", description = API_INTRODUCTION),
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
            ("operator", "The token of an operator's session: `bwl_op_…`."),
            (
                "api_key",
                "An API key of a tenant's app: `bwl_sk_…`, or `bwl_test_…` in a sandbox. Keep it in the app's back end.",
            ),
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
    public().merge_from(notices::group().into_document()).merge_from(admin::group().into_document())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Generated clients name their methods after the operation ids.
    #[test]
    fn operations_of_the_document_have_unique_ids_summaries_and_described_parameters() {
        let document = serde_json::to_value(whole()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let operations: Vec<_> = paths.flat_map(|path| path.as_object().unwrap().values()).collect();
        let mut ids: Vec<&str> =
            operations.iter().map(|operation| operation["operationId"].as_str().unwrap()).collect();
        ids.sort_unstable();
        let repeated: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(!ids.is_empty() && repeated.is_empty(), "{repeated:?}");
        for operation in operations {
            let id = &operation["operationId"];
            let summary = operation["summary"].as_str().unwrap();
            assert!(!summary.is_empty() && !summary.ends_with('.'), "{id}: {summary}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["description"].is_string(), "{id}: {}", parameter["name"]);
            }
        }
    }

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
