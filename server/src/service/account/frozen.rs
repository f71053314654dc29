//! What a freeze names: a provider's account, whatever connector and user of the tenant it is linked by.

use std::fmt;

use uuid::Uuid;

use crate::domain::{Error, Result};
use crate::service::connector;
use crate::store::TenantTx;

/// An account at the issuer of its connector's app key. Its text is the account's id at Dropbox; elsewhere the issuer comes first, because
/// services choose ids by themselves. Neither contains a space.
pub(in crate::service) struct Frozen {
    pub(in crate::service) issuer: String,
    pub(in crate::service) account: String,
}

impl Frozen {
    /// The provider's account of an account that was linked through `connector`.
    pub(in crate::service) async fn of(
        tx: &mut TenantTx,
        connector: Uuid,
        provider_account_id: &str,
    ) -> Result<Self> {
        let issuer = tx.connector_issuer(connector).await?;
        let issuer = issuer.ok_or_else(|| Error::bug("an account has no connector"))?;
        Ok(Self { issuer, account: provider_account_id.to_owned() })
    }

    /// The account that a freeze names by this text.
    pub(in crate::service) fn named(text: &str) -> Self {
        let (issuer, account) = text.split_once(' ').unwrap_or((connector::PROVIDER, text));
        Self { issuer: issuer.to_owned(), account: account.to_owned() }
    }
}

impl fmt::Display for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issuer, account } = self;
        if issuer == connector::PROVIDER { write!(f, "{account}") } else { write!(f, "{issuer} {account}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_account_is_read_as_it_is_shown() {
        for (issuer, account, text) in
            [("dropbox", "dbid:x", "dbid:x"), ("https://p.example", "12345", "https://p.example 12345")]
        {
            let frozen = Frozen { issuer: issuer.to_owned(), account: account.to_owned() };
            assert_eq!(frozen.to_string(), text);
            let read = Frozen::named(text);
            assert_eq!((read.issuer.as_str(), read.account.as_str()), (issuer, account));
        }
    }
}
