//! Who a person is, as an ID token says.

use serde_json::Value;

use super::claims::{Claims, OtherClaims};
use super::error::OpenIdError;
use super::registration::Registration;

/// The longest subject, in bytes (OpenID Connect Core, 2).
const MAX_SUBJECT: usize = 255;
/// The maximum number of groups that are read.
const MAX_GROUPS: usize = 1000;

/// A person, by the issuer's name for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The issuer.
    pub issuer: String,
    /// The issuer's name for the person, which never changes and is never given to another one.
    pub subject: String,
    /// A readable name, which may change: the preferred user name, else the verified e-mail address.
    pub name: Option<String>,
    /// The groups of the configured claim.
    pub groups: Vec<String>,
}

impl Identity {
    /// Reads verified claims.
    pub(super) fn read(claims: &Claims, registration: &Registration) -> Result<Self, OpenIdError> {
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > MAX_SUBJECT {
            return Err(OpenIdError::Untrusted("its subject is empty or too long"));
        }
        let mut identity = Self {
            issuer: claims.issuer().as_str().to_owned(),
            subject: subject.to_owned(),
            name: None,
            groups: Vec::new(),
        };
        let said = Said {
            preferred: claims.preferred_username().map(|name| name.as_str()),
            email: claims.email().map(|email| email.as_str()),
            is_verified: claims.email_verified() == Some(true),
        };
        identity.add(&said, claims.additional_claims(), registration);
        Ok(identity)
    }

    /// Adds the name and the groups that claims about this person say.
    pub(super) fn add(&mut self, said: &Said<'_>, other: &OtherClaims, registration: &Registration) {
        let email = said.email.filter(|_| said.is_verified).map(str::to_owned);
        // The address is a claim of the standard, so it is not among the other ones.
        self.groups.extend(match registration.groups_claim.as_str() {
            "email" => email.clone().into_iter().collect(),
            claim => groups(other, claim),
        });
        self.name = self.name.take().or_else(|| said.preferred.map(str::to_owned)).or(email);
    }
}

/// What claims of the standard say about a person.
pub(super) struct Said<'a> {
    pub(super) preferred: Option<&'a str>,
    pub(super) email: Option<&'a str>,
    pub(super) is_verified: bool,
}

/// The texts of a claim: a list, or a single text. A name with dots that is no claim itself is a path, such as `realm_access.roles`.
pub(super) fn groups(claims: &OtherClaims, claim: &str) -> Vec<String> {
    let found = claims.0.get(claim).or_else(|| {
        let mut steps = claim.split('.');
        let first = claims.0.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    });
    match found {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => {
            all.iter().filter_map(Value::as_str).take(MAX_GROUPS).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_are_found_wherever_issuers_put_them() {
        let claims = json!({
            "groups": ["a", "b", 7],
            "hd": "example.com",
            "https://example.com/groups": ["c"],
            "realm_access": { "roles": ["d"] },
        });
        let claims = OtherClaims(claims.as_object().unwrap().clone());
        for (claim, expected) in [
            ("groups", vec!["a", "b"]),
            ("hd", vec!["example.com"]),
            ("https://example.com/groups", vec!["c"]),
            ("realm_access.roles", vec!["d"]),
            ("realm_access", vec![]),
            ("realm_access.none", vec![]),
            ("none", vec![]),
        ] {
            assert_eq!(groups(&claims, claim), expected, "{claim}");
        }
    }
}
