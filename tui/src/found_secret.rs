//! Secrets of Bowline that somebody has found and pastes into a query. They are not kept, shown or sent; an API key
//! names its tenant, so it leads to the tenant's keys.

use bowline_api::{SecretKind, TenantId};

/// What a secret is, in words.
fn secret_in_words(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::ApiKey => "an API key",
        SecretKind::TestApiKey => "a test key",
        SecretKind::OperatorSession => "an operator's session",
        SecretKind::LinkTicket => "the ticket of a link",
        SecretKind::LinkCode => "the code of a link",
        SecretKind::ManageTicket => "the ticket of a user's page",
        SecretKind::SignOn => "the ticket of a login",
    }
}

/// A secret of Bowline in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundSecret {
    /// What the found secret is, in words.
    pub kind: &'static str,
    /// The tenant that it names, if it names one.
    pub tenant: Option<TenantId>,
}

impl FoundSecret {
    /// What it is and what was not done with it, in a sentence.
    pub fn sentence(self) -> String {
        let whose = if self.tenant.is_some() {
            "it names this tenant, but not which key it is"
        } else {
            "it does not say whose it is"
        };
        format!("this is {}, which was not sent and is not kept; {whose}", self.kind)
    }
}

/// The first secret of Bowline in a text, also one that is not typed to its end.
pub fn found_secret(text: &str) -> Option<FoundSecret> {
    let begins = |kind: SecretKind| Some((text.find(kind.prefix())? + kind.prefix().len(), kind));
    let (at, kind) = SecretKind::ALL.into_iter().filter_map(begins).min_by_key(|(at, _)| *at)?;
    let rest = text.get(at..).unwrap_or_default();
    let tenant = rest.split_once('_').and_then(|(id, _)| format!("tenant_{id}").parse().ok());
    Some(FoundSecret { kind: secret_in_words(kind), tenant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_key_names_its_tenant_and_other_secrets_do_not() {
        let tenant = TenantId::from(uuid::Uuid::from_u128(7 << 64 | 8));
        let suffix = tenant.to_string().replace("tenant_", "");
        let key = format!(
            "Authorization: Bearer bwl_sk_{suffix}_5Kd3NBUAdUnhyzenEwVLy9pBKxSwXvE9FMPyR4UKZvpe6E3AgLr"
        );
        assert_eq!(found_secret(&key), Some(FoundSecret { kind: "an API key", tenant: Some(tenant) }));
        assert_eq!(found_secret("bwl_sk_").unwrap().tenant, None, "half typed");
        assert_eq!(found_secret("x bwl_op_abc").unwrap().kind, "an operator's session");
        assert_eq!(found_secret("ada bowline"), None);
    }
}
