//! Requests that Bowline signs for a tenant app, which never gets the secrets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Body of `POST /v1/accounts/{id}/sign`: a request of OAuth 1 that the app itself will send.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignRequest {
    /// The HTTP method.
    pub method: String,
    /// The URL with its query, exactly as it will be sent. It must be at one of the connector's own origins.
    pub url: String,
    /// The fields of the form body, if the body is a form (`application/x-www-form-urlencoded`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body_params: BTreeMap<String, String>,
}

/// Response of `POST /v1/accounts/{id}/sign`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedRequest {
    /// The value of the Authorization header. It is for this request alone, and the provider accepts it once and for some minutes.
    pub authorization: String,
}

impl std::fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignedRequest { .. }")
    }
}
