//! Typed ids as used in the API: a prefix that names the noun, and a UUIDv7.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

/// The id of one noun, such as `acct_01h455vb4pex5vsknk084sn02q`.
///
/// `Kind` prevents an account's id from being used as a tenant's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Id<Kind: StaticType>(TypeSafeId<Kind>);

impl<Kind: StaticType> Id<Kind> {
    /// The UUID that the database stores.
    pub fn uuid(&self) -> Uuid {
        self.0.uuid()
    }

    /// The prefix without its underscore, such as `acct`.
    pub fn prefix() -> &'static str {
        Kind::TYPE
    }
}

impl<Kind: StaticType> From<Uuid> for Id<Kind> {
    fn from(uuid: Uuid) -> Self {
        Self(TypeSafeId::from_uuid(uuid))
    }
}

impl<Kind: StaticType> fmt::Display for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<Kind: StaticType> fmt::Debug for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is not an id of the expected noun.
#[derive(Debug, thiserror::Error)]
#[error("not an id of the form {prefix}_…: {source}")]
pub struct InvalidId {
    prefix: &'static str,
    source: type_safe_id::Error,
}

impl<Kind: StaticType> FromStr for Id<Kind> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map(Self).map_err(|source| InvalidId { prefix: Kind::TYPE, source })
    }
}

#[cfg(feature = "openapi")]
impl<Kind: StaticType> utoipa::PartialSchema for Id<Kind> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", Kind::TYPE)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl<Kind: StaticType> utoipa::ToSchema for Id<Kind> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Id_{}", Kind::TYPE).into()
    }
}

/// Declares the marker type and the id alias of each noun.
macro_rules! nouns {
    ($($(#[$doc:meta])* $alias:ident = $kind:ident, $prefix:literal;)*) => {$(
        #[doc = concat!("Marks ids with the prefix `", $prefix, "_`.")]
        #[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $kind;

        impl StaticType for $kind {
            const TYPE: &'static str = $prefix;
        }

        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

nouns! {
    /// A customer with its own apps.
    TenantId = Tenant, "tenant";
    /// A tenant's registration at the provider.
    ConnectorId = Connector, "conn";
    /// One attempt of one end user to link an account.
    LinkSessionId = LinkSession, "ls";
    /// One visit of an end user to the page with their accounts.
    ManageSessionId = ManageSession, "ms";
    /// A linked account.
    AccountId = Account, "acct";
    /// A tenant app's credential.
    ApiKeyId = ApiKey, "key";
    /// A person who operates the service.
    OperatorId = Operator, "op";
    /// A session of an operator.
    SessionId = Session, "ses";
    /// An entry of the audit log.
    EventId = Event, "evt";
    /// A background job.
    JobId = Job, "job";
    /// An address of a tenant that is told of events.
    WebhookEndpointId = WebhookEndpoint, "whe";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_wrote_and_refuses_another_noun() {
        let id = AccountId::from(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        assert_eq!(id.to_string().parse::<AccountId>().unwrap(), id);
        assert!(id.to_string().starts_with("acct_"));
        assert!(id.to_string().parse::<TenantId>().is_err());
        assert!("acct_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<AccountId>().is_err());
    }
}
