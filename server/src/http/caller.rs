//! The request's caller, from the guards that verify credentials to the access log.

use rocket::Request;

use crate::service::caller::{Caller, Principal};

/// The caller of this request.
pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Caller {
    request.local_cache(Caller::default)
}

/// The tenant and the credential in the form of the access log; empty until a credential is verified.
pub(super) fn names(request: &Request<'_>) -> (String, String) {
    match of(request).principal() {
        Some(Principal::TenantApp(tenant, key)) => (tenant.to_string(), key.to_string()),
        Some(Principal::Provider(tenant, connector)) => (tenant.to_string(), connector.to_string()),
        Some(Principal::Operator(operator)) => (String::new(), operator.to_string()),
        None => (String::new(), String::new()),
    }
}
