//! Tenant apps by their API keys.

use std::marker::PhantomData;

use bowline_api::status::Permission;
use bowline_api::{ApiKeyId, TenantId};
use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::caller::{Caller, Who};
use super::problem::Refuse as _;
use super::security::{Argument, Security};
use super::shared::app;
use super::{incoming, query};
use crate::app::App;
use crate::domain::credential::{self, ShownApiKey};
use crate::domain::{Code, Result};
use crate::service::api_key;
use crate::service::audit::Actor;
use crate::service::by_tenant::{Calls, INDIRECT_TOKEN};

/// A tenant app whose key may do what `P` says. A handler that takes one is authorised.
#[derive(Debug, Clone)]
pub struct TenantApp<P> {
    /// Whose app.
    pub tenant: TenantId,
    /// With which key.
    pub key: ApiKeyId,
    /// The key's name.
    pub key_name: String,
    /// What was shown.
    pub shown: ShownApiKey,
    permissions: Vec<Permission>,
    permission: PhantomData<P>,
}

/// What a key must be allowed to do.
pub trait Allows {
    /// The permission's name.
    const PERMISSION: Permission;
}

/// Declares a marker for each permission.
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
}

impl<P> TenantApp<P> {
    /// For the audit log.
    pub fn actor(&self) -> Actor {
        Actor::ApiKey { id: self.key, name: self.key_name.clone() }
    }

    /// Whether the key may do something else, too.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

impl<P: Allows> Argument for TenantApp<P> {
    const SECURITY: Option<Security> = Some(Security::ApiKey(P::PERMISSION));
}

#[rocket::async_trait]
impl<'r, P: Allows + Send> FromRequest<'r> for TenantApp<P> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match identify(request).await {
            Ok(app) => Outcome::Success(app),
            Err(error) => request.refuse(error),
        }
    }
}

/// Counts a call of the shown key, if that has worked before.
///
/// # Errors
/// `rate_limited`, after a moment where that comes often.
pub(super) async fn count(app: &App, caller: &Caller, shown: &ShownApiKey, calls: Calls) -> Result<()> {
    let counted = app.tenants.count(shown, calls);
    if counted.is_err() {
        if let Some(key) = app.tenants.known(shown) {
            // Of refusals, too, the log says whose call it was.
            caller.is(Who::App(shown.tenant, key));
        }
        app.limited.wait().await;
    }
    counted
}

async fn identify<P: Allows>(request: &Request<'_>) -> Result<TenantApp<P>> {
    let shown = shown(request)?;
    let app = app(request)?;
    // A known key is counted before the database is asked, one that is shown for the first time after it has been.
    let calls = if P::PERMISSION == Permission::Token { Calls::Tokens(INDIRECT_TOKEN) } else { Calls::Other };
    let counted = app.tenants.known(&shown).is_some();
    if counted {
        count(app, Caller::of(request), &shown, calls).await?;
    }
    let key = api_key::identify(app, shown).await?;
    if !counted {
        count(app, Caller::of(request), &shown, calls).await?;
    }
    Caller::of(request).is(Who::App(key.tenant, key.id));
    if !key.permissions.contains(&P::PERMISSION) {
        return Err(api_key::insufficient(P::PERMISSION));
    }
    query::check(request)?;
    incoming::is_plain(request)?;
    Ok(TenantApp {
        tenant: key.tenant,
        key: key.id,
        key_name: key.name,
        shown,
        permissions: key.permissions,
        permission: PhantomData,
    })
}

/// The API key that the request shows; it has the form of one, and that is all that is known.
pub(super) fn shown(request: &Request<'_>) -> Result<ShownApiKey> {
    bearer(request).and_then(credential::parse_api_key).ok_or_else(|| {
        Code::Unauthenticated
            .because("send an API key of yours as `Authorization: Bearer bwl_sk_…`, in no other place")
            .into()
    })
}

/// The credential of the one `Authorization` header (RFC 6750 section 2.1).
pub(super) fn bearer<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let mut headers = request.headers().get("authorization");
    let (first, second) = (headers.next()?, headers.next());
    let (scheme, text) = first.split_once(' ')?;
    (second.is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| text.trim())
}
