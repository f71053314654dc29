//! Identifies operators by their sessions.

use std::marker::PhantomData;

use bowline_api::admin::ProvePassword;
use bowline_api::status::Role;
use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::reach;
use super::security::{Argument, Security};
use super::tenant_app::bearer;
use crate::app::App;
use crate::domain::credential::{self, Digest, Kind};
use crate::domain::{Actor, Code, Facts, Result, Whose};
use crate::http::ClientAddress;
use crate::http::body::incoming;
use crate::http::problem::Refuse as _;
use crate::http::shared::app;
use crate::http::{caller, query};
use crate::service::caller::Principal;
use crate::service::operator::session;
use crate::service::operator::session::Identified;
use crate::service::operator::totp::TotpProof;
use crate::service::tenant;

/// An operator whose role is at least that of `R`. A handler that takes one is authorised; there is no other way.
#[derive(Debug, Clone)]
pub struct OperatorOf<R> {
    /// The operator.
    pub operator: Identified,
    /// The session's digest, for ending it.
    pub session: Digest,
    least: PhantomData<R>,
}

/// The operator's role that a handler requires.
pub trait Requires {
    /// The minimum role.
    const ROLE: Role;
    /// Whether it may be called by an operator who must set up one-time codes and has not yet.
    const BEFORE_ENROLMENT: bool = false;
    /// Whether it is about a tenant that its path or query names, which an operator must be able to reach. One that is not
    /// either concerns the operator alone or checks the reach by itself.
    const NAMES_A_TENANT: bool = true;
    /// Whether its query need not name a tenant, because it then lists what belongs to the tenants within reach.
    const LISTS_WITHIN_REACH: bool = false;
}

/// Declares a marker and a guard for each operator's role.
macro_rules! roles {
    ($($guard:ident, $marker:ident = $role:ident;)*) => {$(
        #[doc = concat!("Marks handlers that ask for the role `", stringify!($role), "`.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $marker;
        impl Requires for $marker {
            const ROLE: Role = Role::$role;
        }
        #[doc = concat!("An operator with at least the role `", stringify!($role), "`.")]
        pub type $guard = OperatorOf<$marker>;
    )*};
}

roles! {
    Viewer, AsViewer = Viewer;
    Revoker, AsOperator = Operator;
    Admin, AsAdmin = Admin;
}

/// Marks handlers that operators need to set up one-time codes, and to see and end their session before they have.
#[derive(Debug, Clone, Copy)]
pub struct AsNewcomer;

impl Requires for AsNewcomer {
    const ROLE: Role = Role::Viewer;
    const BEFORE_ENROLMENT: bool = true;
    const NAMES_A_TENANT: bool = false;
}

/// Marks handlers that concern the operator alone, or show only what is within their reach.
#[derive(Debug, Clone, Copy)]
pub struct AsPerson;

impl Requires for AsPerson {
    const ROLE: Role = Role::Viewer;
    const NAMES_A_TENANT: bool = false;
}

/// An operator of any role, whatever tenants they are limited to.
pub type Personal = OperatorOf<AsPerson>;

/// Marks handlers that ask for the role `Operator` and check by themselves that the tenant is within reach.
#[derive(Debug, Clone, Copy)]
pub struct AsPreparer;

impl Requires for AsPreparer {
    const ROLE: Role = Role::Operator;
    const NAMES_A_TENANT: bool = false;
}

/// An operator with at least the role `Operator`. The tenant is named by the body, so the service checks that it is within
/// reach.
pub type Preparer = OperatorOf<AsPreparer>;

/// An operator of any role, even one who must set up one-time codes and has not yet.
pub type Newcomer = OperatorOf<AsNewcomer>;

/// Marks lists over the tenants within the operator's reach.
#[derive(Debug, Clone, Copy)]
pub struct AsLister;

impl Requires for AsLister {
    const ROLE: Role = Role::Viewer;
    const LISTS_WITHIN_REACH: bool = true;
}

/// An operator of any role who asks for a list of one tenant, or of all tenants within their reach ([`whose`](OperatorOf::whose)).
pub type Lister = OperatorOf<AsLister>;

impl Lister {
    /// Whose rows the list shows: those of the tenant that the query names, or of all tenants within reach.
    ///
    /// # Errors
    /// `not_found`; `invalid_field` if the name can be neither an id nor a short name.
    pub async fn whose(&self, app: &App, named: Option<&str>) -> Result<Whose> {
        Ok(match tenant::named_in_query(app, named).await? {
            Some(tenant) => Whose::one(tenant),
            None => self.operator.reach.whose(),
        })
    }
}

impl<R> OperatorOf<R> {
    /// The operator as an actor in the audit log.
    pub fn actor(&self) -> Actor {
        self.operator.actor()
    }
}

impl<R> OperatorOf<R> {
    /// Step-up: the operator as an actor in the audit log, once they have proven again that it is them. Handlers of acts that give
    /// somebody power, or take an app's secret, call it before their service.
    ///
    /// # Errors
    /// `invalid_field` if the password or the code is wrong; `totp_required`, `rate_limited`.
    pub async fn prove(&self, app: &App, proof: ProvePassword, from: ClientAddress) -> Result<Actor> {
        session::step_up(app, &self.operator, &TotpProof::nested(proof), from.ip()).await?;
        Ok(self.actor())
    }
}

impl<R: Requires> Argument for OperatorOf<R> {
    const SECURITY: Option<Security> = Some(Security::Operator(R::ROLE));
}

#[rocket::async_trait]
impl<'r, R: Requires + Send> FromRequest<'r> for OperatorOf<R> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match identify_operator(request).await {
            Ok(operator) => Outcome::Success(operator),
            Err(error) => request.refuse(error),
        }
    }
}

async fn identify_operator<R: Requires>(request: &Request<'_>) -> Result<OperatorOf<R>> {
    let session = bearer(request).and_then(|text| credential::parse(Kind::OperatorSession, text));
    let session = session.ok_or_else(|| {
        Code::Unauthenticated
            .because("log in at POST /admin/v1/sessions and send `Authorization: Bearer bwl_op_…`")
    })?;
    let app = app(request)?;
    let operator = session::identify(app, session).await?;
    caller::of(request).identify_as(Principal::Operator(operator.id));
    app.limited.delay(app.operator_pace.count(operator.id)).await?;
    if operator.must_enrol && !R::BEFORE_ENROLMENT {
        let detail = "one-time codes are required of all operators here; set them up with `bowline totp enrol`, or with \
                      POST /admin/v1/whoami/totp";
        return Err(Code::TotpEnrolmentRequired.because(detail).into());
    }
    if operator.role < R::ROLE {
        let detail = format!("this call requires the role {}; yours is {}", R::ROLE, operator.role);
        return Err(Code::InsufficientScope.because(detail).with(Facts::Role { role: R::ROLE }).into());
    }
    query::check(request)?;
    incoming::is_plain(request)?;
    if R::NAMES_A_TENANT {
        reach::check(app, request, &operator.reach, R::LISTS_WITHIN_REACH).await?;
    }
    Ok(OperatorOf { operator, session, least: PhantomData })
}
