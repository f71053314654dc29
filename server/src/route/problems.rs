//! The refusals of all routes as `application/problem+json` (RFC 9457), for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// The statuses of refusals, with their descriptions.
const REFUSAL_STATUSES: [(&str, &str); 15] = [
    ("400", "The request, a query parameter or a cursor is malformed"),
    ("401", "The request has no valid credential"),
    ("403", "The credential does not permit this call, or an operator has blocked it"),
    ("404", "There is nothing with this id, or it belongs to another tenant, or the path does not exist"),
    ("405", "The path does not support this method"),
    ("408", "The body did not arrive within ten seconds; nothing was done"),
    ("409", "The resource is in a state that does not allow this call"),
    ("410", "The resource existed, and is revoked or expired"),
    ("413", "The body is too large"),
    ("415", "The body is not JSON"),
    ("422", "A field or query parameter has an unacceptable value; `field` names it"),
    ("429", "Too many requests; try again after `Retry-After` seconds"),
    ("500", "A fault in Bowline; quote `request_id`"),
    ("502", "The provider rejects the connector's app key or secret, or its response is malformed"),
    ("503", "The database or the provider is unavailable; try again after `Retry-After` seconds"),
];

/// The refusals that any route of the API may return, as references to [`components`].
pub(super) struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let reference = |status: &str| RefOr::Ref(Ref::from_response_name(status));
        REFUSAL_STATUSES.into_iter().map(|(status, _)| (status.to_owned(), reference(status))).collect()
    }
}

/// The responses themselves, which the document contains once.
pub(super) fn components() -> impl Iterator<Item = (String, RefOr<Response>)> {
    REFUSAL_STATUSES.into_iter().map(|(status, description)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description(description).content("application/problem+json", content);
        (status.to_owned(), RefOr::T(response.build()))
    })
}
