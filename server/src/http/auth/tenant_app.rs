//! Identifies tenant apps by their API keys.

use std::marker::PhantomData;

use bowline_api::status::Permission;
use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::security::{Argument, Security};
use crate::domain::credential::{self, PresentedApiKey};
use crate::domain::{Code, Result};
use crate::http::body::incoming;
use crate::http::problem::Refuse as _;
use crate::http::shared::app;
use crate::http::{caller, query};
use crate::service::api_key::{self, VerifiedKey};
use crate::service::caller::Principal;
use crate::service::limit::by_tenant::{CallKind, INDIRECT_TOKEN};
use crate::service::token::UnverifiedApp;

/// A tenant app whose key is verified and has the permission `P`. A handler that takes one is authorised.
#[derive(Debug, Clone)]
pub struct TenantApp<P> {
    /// The key that it presented.
    pub key: VerifiedKey,
    permission: PhantomData<P>,
}

/// The tenant app's permission that a handler requires.
pub trait Allows {
    /// The permission's name.
    const PERMISSION: Permission;
}

/// Declares a marker for each permission of a tenant app.
macro_rules! allows {
    ($($marker:ident = $permission:ident;)*) => {$(
        #[doc = concat!("Marks callers with the permission `", stringify!($permission), "`.")]
        #[derive(Debug, Clone)]
        pub struct $marker;
        impl Allows for $marker {
            const PERMISSION: Permission = Permission::$permission;
        }
    )*};
}

allows! {
    Link = Link;
    ReadAccounts = AccountsRead;
    WriteAccounts = AccountsWrite;
    FetchTokens = Token;
    SignRequests = Sign;
    ManageWebhooks = Webhooks;
}

impl<P: Allows> Argument for TenantApp<P> {
    const SECURITY: Option<Security> = Some(Security::ApiKey(P::PERMISSION));
}

#[rocket::async_trait]
impl<'r, P: Allows + Send> FromRequest<'r> for TenantApp<P> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match identify_tenant_app(request).await {
            Ok(app) => Outcome::Success(app),
            Err(error) => request.refuse(error),
        }
    }
}

impl Argument for UnverifiedApp<'_> {
    const SECURITY: Option<Security> = Some(Security::ApiKey(Permission::Token));
}

/// Does not ask the database: the handler's service call verifies the key.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for UnverifiedApp<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match unverified(request) {
            Ok(app) => Outcome::Success(app),
            Err(error) => request.refuse(error),
        }
    }
}

/// The app that presents a well-formed API key.
///
/// # Errors
/// `unauthenticated` if the request presents no well-formed key.
pub(in crate::http) fn unverified<'r>(request: &'r Request<'_>) -> Result<UnverifiedApp<'r>> {
    Ok(UnverifiedApp::new(presented_api_key(request)?, caller::of(request)))
}

async fn identify_tenant_app<P: Allows>(request: &Request<'_>) -> Result<TenantApp<P>> {
    let presented = presented_api_key(request)?;
    let (app, caller) = (app(request)?, caller::of(request));
    let calls =
        if P::PERMISSION == Permission::Token { CallKind::Tokens(INDIRECT_TOKEN) } else { CallKind::Other };
    // A key that has worked before is counted before the database is asked, any other key once it has been verified.
    let counted = app.tenants.known(&presented).is_some();
    if counted {
        api_key::count(app, caller, &presented, calls).await?;
    }
    let key = api_key::verify(app, presented).await?;
    if !counted {
        api_key::count(app, caller, &presented, calls).await?;
    }
    caller.identify_as(Principal::TenantApp(key.tenant(), key.id));
    if !key.may(P::PERMISSION) {
        return Err(api_key::insufficient(P::PERMISSION));
    }
    query::check(request)?;
    incoming::is_plain(request)?;
    Ok(TenantApp { key, permission: PhantomData })
}

/// The API key that the request presents. It is well-formed and otherwise unverified.
fn presented_api_key(request: &Request<'_>) -> Result<PresentedApiKey> {
    bearer(request).and_then(credential::parse_api_key).ok_or_else(|| {
        Code::Unauthenticated
            .because("send your API key as `Authorization: Bearer bwl_sk_…`, or `bwl_test_…` in a sandbox, and in no other place")
            .into()
    })
}

/// The credential of the only `Authorization` header (RFC 6750 section 2.1).
pub(super) fn bearer<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let mut headers = request.headers().get("authorization");
    let (first, second) = (headers.next()?, headers.next());
    let (scheme, text) = first.split_once(' ')?;
    (second.is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| text.trim())
}
