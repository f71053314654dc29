//! The parameters that many operations have, for the OpenAPI document.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Parameter, ParameterIn};

/// The descriptions of parameters, by place and name.
const PARAMETER_DESCRIPTIONS: [(ParameterIn, &str, &str); 19] = [
    (
        ParameterIn::Header,
        "Idempotency-Key",
        "A key of your choice for this request, such as a UUID: 1 to 255 characters. If the call is repeated within 72 hours with \
         the same key and body, it is not carried out again and returns the first answer, with the header \
         `Idempotent-Replayed: true`.",
    ),
    (
        ParameterIn::Header,
        "Last-Event-ID",
        "The id of the last event that you have got: the stream goes on after it instead of beginning now.",
    ),
    (ParameterIn::Path, "account", "The account's id: `acct_…`."),
    (ParameterIn::Path, "connector", "The connector's id: `conn_…`."),
    (ParameterIn::Path, "endpoint", "The endpoint's id: `whe_…`."),
    (ParameterIn::Path, "event", "The event's id: `evt_…`."),
    (
        ParameterIn::Path,
        "external_user_id",
        "The tenant's own name for its user, encoded as one path segment.",
    ),
    (ParameterIn::Path, "id", "The resource's id."),
    (ParameterIn::Path, "job", "The job's id: `job_…`."),
    (ParameterIn::Path, "key", "The API key's id: `key_…`."),
    (ParameterIn::Path, "operator", "The operator's id: `op_…`."),
    (ParameterIn::Path, "session", "The session's id: `ses_…`."),
    (ParameterIn::Path, "tenant", "The tenant: its id or its short name."),
    (
        ParameterIn::Query,
        "cursor",
        "`next` or `prev` of another page of the same list; the first page if omitted.",
    ),
    (
        ParameterIn::Query,
        "generation",
        "The generation of a token, as in the account's `token`; the current token if omitted.",
    ),
    (ParameterIn::Query, "limit", "The number of rows of the page: 1 to 200; 50 if omitted."),
    (ParameterIn::Query, "state", "Only those in this state."),
    (ParameterIn::Query, "subject", "Only events about this subject: an id, such as `acct_…`."),
    (ParameterIn::Query, "tenant", "Only this tenant: its id or its short name."),
];

/// Describes a parameter whose handler does not.
pub(super) fn describe(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    let known = PARAMETER_DESCRIPTIONS
        .iter()
        .find(|(place, name, _)| *place == parameter.parameter_in && *name == parameter.name);
    if let (None, Some((_, _, description))) = (&parameter.description, known) {
        parameter.description = Some((*description).to_owned());
    }
}
