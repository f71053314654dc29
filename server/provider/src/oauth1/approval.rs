//! The query with which the provider sends the browser back (RFC 5849, 2.2), and the approval that it holds.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    config::Dialect,
    form::{BadForm, Fields, encode, raw_pairs},
};
use crate::{BadReturn, Returned, oauth2::is_token};

/// Bytes that a verifier or an account id may have.
const LONGEST: usize = 500;
/// How many request tokens of one query are looked up.
const MOST_TOKENS: usize = 8;

/// Reads the query. Exactly one outcome is accepted, and each parameter of the protocol once.
///
/// OAuth 1.0: `oauth_token` and the account's `uid`, or `not_approved=true`, which comes without a token. OAuth 1.0a: `oauth_token` and
/// `oauth_verifier`, or `denied=<token>`. Services that report problems (`oauth_problem`, of the OAuth Problem Reporting extension)
/// decline with `user_refused` or `permission_denied`, and others write `error=access_denied` as in OAuth 2. A return without verifier is no
/// answer of 1.0a, so nobody downgrades it to 1.0.
///
/// # Errors
/// [`BadReturn`].
pub fn read_return(dialect: Dialect, query: &str) -> Result<Returned, BadReturn> {
    let bad = |BadForm| BadReturn;
    let fields = Fields::read(query.as_bytes()).map_err(bad)?;
    let one = |name| fields.one(name).map_err(bad);
    let (token, proof) = (one("oauth_token")?, one(proof_name(dialect))?);
    let (not_approved, denied) = (one("not_approved")?, one("denied")?);
    let (problem, error) = (one("oauth_problem")?, one("error")?);
    let told = [not_approved, denied, problem, error].into_iter().flatten().count();
    // A token beside a denial changes nothing; a proof beside it makes two outcomes.
    match (dialect, told) {
        (_, 0) => {}
        (_, 1) if proof.is_none() => match (dialect, not_approved, denied, problem.or(error)) {
            (Dialect::OAuth1, Some("true"), None, None) | (Dialect::OAuth1a, None, Some(_), None) => {
                return Ok(Returned::Declined);
            }
            (_, None, None, Some(why)) => return Ok(refused(why)),
            _ => return Err(BadReturn),
        },
        _ => return Err(BadReturn),
    }
    let token = token.filter(|token| is_token(token)).ok_or(BadReturn)?;
    let proof = proof.filter(|proof| is_proof(proof)).ok_or(BadReturn)?;
    let approval = format!("oauth_token={}&proof={}", encode(token.as_bytes()), encode(proof.as_bytes()));
    Ok(Returned::Approved(approval.into()))
}

/// Why the provider sent the browser back without an approval.
fn refused(why: &str) -> Returned {
    match why {
        "user_refused" | "permission_denied" | "access_denied" | "user_denied" => Returned::Declined,
        _ => Returned::Failed("provider_error"),
    }
}

/// The request tokens that a query names, well formed or not, oldest place last: whoever wrote the callback's address may have put others
/// before the one that the provider added. Bounded, because each is looked up.
#[must_use]
pub fn request_tokens(query: &str) -> Vec<SecretString> {
    let mut tokens: Vec<SecretString> = raw_pairs(query.as_bytes())
        .filter(|(name, _)| name == b"oauth_token")
        .filter_map(|(_, value)| String::from_utf8(value).ok())
        .filter(|token| is_token(token))
        .map(SecretString::from)
        .collect();
    tokens.reverse();
    tokens.truncate(MOST_TOKENS);
    tokens
}

const fn proof_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OAuth1 => "uid",
        Dialect::OAuth1a => "oauth_verifier",
    }
}

fn is_proof(text: &str) -> bool {
    text.len() <= LONGEST && is_token(text)
}

/// What the browser brought back.
pub(super) struct Approval {
    /// The request token, which must be the parked one.
    pub(super) token: SecretString,
    /// The verifier of 1.0a, or the account id of 1.0.
    pub(super) proof: SecretString,
}

impl Approval {
    /// The approval of a text that [`read_return`] made.
    pub(super) fn read(text: &SecretString) -> Option<Self> {
        let fields = Fields::read(text.expose_secret().as_bytes()).ok()?;
        let one = |name| fields.one(name).ok().flatten().map(SecretString::from);
        Some(Self { token: one("oauth_token")?, proof: one("proof")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(dialect: Dialect, query: &str) -> &'static str {
        match read_return(dialect, query) {
            Ok(Returned::Approved(text)) => {
                let approval = Approval::read(&text).unwrap();
                assert_eq!((approval.token.expose_secret(), approval.proof.expose_secret()), ("t&t", "p=1"));
                "approved"
            }
            Ok(Returned::Declined) => "declined",
            Ok(Returned::Failed(_)) => "failed",
            Err(BadReturn) => "bad",
        }
    }

    #[test]
    fn one_outcome_in_each_dialect() {
        use Dialect::{OAuth1, OAuth1a};
        for (query, in_1, in_1a) in [
            ("state=s&uid=p%3D1&oauth_token=t%26t", "approved", "bad"),
            ("state=s&oauth_token=t%26t&oauth_verifier=p%3D1", "bad", "approved"),
            ("state=s&not_approved=true", "declined", "bad"),
            ("state=s&not_approved=true&oauth_token=t", "declined", "bad"),
            ("state=s&denied=t", "bad", "declined"),
            ("state=s&denied=", "bad", "declined"),
            // Neither, both, doubled, or not well-formed.
            ("", "bad", "bad"),
            ("state=s", "bad", "bad"),
            ("oauth_token=t", "bad", "bad"),
            ("uid=1", "bad", "bad"),
            ("oauth_verifier=v", "bad", "bad"),
            ("not_approved=false", "bad", "bad"),
            ("not_approved=true&not_approved=true", "bad", "bad"),
            ("not_approved=true&uid=1&oauth_token=t", "bad", "bad"),
            ("not_approved=true&denied=t", "bad", "bad"),
            // Reported problems.
            ("state=s&oauth_problem=user_refused&oauth_token=t", "declined", "declined"),
            ("state=s&oauth_problem=user_refused", "declined", "declined"),
            ("oauth_problem=permission_denied&oauth_token=t", "declined", "declined"),
            ("error=access_denied", "declined", "declined"),
            ("denied=t&oauth_token=t", "bad", "declined"),
            ("oauth_problem=token_expired&oauth_token=t", "failed", "failed"),
            ("oauth_problem=user_refused&error=access_denied", "bad", "bad"),
            ("oauth_problem=user_refused&oauth_problem=user_refused", "bad", "bad"),
            ("oauth_problem=user_refused&oauth_token=t&uid=1&oauth_verifier=v", "bad", "bad"),
            ("denied=t&denied=t", "bad", "bad"),
            ("denied=t&oauth_token=t&oauth_verifier=v", "bad", "bad"),
            ("denied=t&oauth_verifier=v", "bad", "bad"),
            ("oauth_token=t&oauth_token=t&uid=1&oauth_verifier=v", "bad", "bad"),
            ("oauth_token=t&uid=1&uid=1&oauth_verifier=v&oauth_verifier=v", "bad", "bad"),
            ("oauth_token=&uid=1&oauth_verifier=v", "bad", "bad"),
            ("oauth_token=t&uid=&oauth_verifier=", "bad", "bad"),
            ("oauth_token=a%0ab&uid=1&oauth_verifier=v", "bad", "bad"),
            ("oauth_token=%ff&uid=1&oauth_verifier=v", "bad", "bad"),
        ] {
            assert_eq!((outcome(OAuth1, query), outcome(OAuth1a, query)), (in_1, in_1a), "{query}");
        }
        let long = format!("oauth_token=t&uid={0}&oauth_verifier={0}", "x".repeat(LONGEST + 1));
        assert_eq!((outcome(OAuth1, &long), outcome(OAuth1a, &long)), ("bad", "bad"));
    }

    #[test]
    fn the_request_tokens_of_a_query_are_found_however_it_is_spoilt() {
        let found = |query: &str| -> Vec<String> {
            request_tokens(query).iter().map(|token| token.expose_secret().to_owned()).collect()
        };
        assert_eq!(found("state=s&uid=1"), [""; 0]);
        assert_eq!(found("uid=1&oauth_token=t%26t"), ["t&t"]);
        assert_eq!(found("oauth_token=x&%6Fauth_token=t&c=%ff&oauth_token=%ff"), ["t", "x"]);
        let many = (0..50).map(|at| format!("oauth_token={at}")).collect::<Vec<_>>().join("&");
        assert_eq!(found(&many)[0], "49", "what the provider has added stands last");
        assert_eq!(found(&many).len(), MOST_TOKENS);
    }
}
