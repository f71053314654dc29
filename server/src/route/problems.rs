//! The refusals of all routes as `application/problem+json` (RFC 9457), for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// The statuses of refusals, with their descriptions.
const STATUSES: [(&str, &str); 15] = [
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
];

/// The refusals that any route of the API may return, as references to [`components`].
pub(super) struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let reference = |status: &str| RefOr::Ref(Ref::from_response_name(status));
        STATUSES.into_iter().map(|(status, _)| (status.to_owned(), reference(status))).collect()
    }
}

/// The responses themselves, which the document contains once.
pub(super) fn components() -> impl Iterator<Item = (String, RefOr<Response>)> {
    STATUSES.into_iter().map(|(status, description)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description(description).content("application/problem+json", content);
        (status.to_owned(), RefOr::T(response.build()))
    })
}
