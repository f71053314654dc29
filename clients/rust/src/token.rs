//! Tokens: whose, which, and the next link if there is none.

use bowline_api::v1::{AccessToken, OAuth1Token, Relink, Token, TokenRequest, UserTokenRequest};
use bowline_api::{AccountId, ConnectorId};

use crate::{Bowline, Error, Links, Refusal, random};

/// Whose token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// The only account of a user, by your own name of them.
    User(&'a str),
    /// The same among the accounts of one connector.
    UserOf(&'a str, ConnectorId),
    /// One account.
    Account(AccountId),
}

impl<'a> From<&'a str> for Whose<'a> {
    fn from(user: &'a str) -> Self {
        Self::User(user)
    }
}

impl<'a> From<&'a String> for Whose<'a> {
    fn from(user: &'a String) -> Self {
        Self::User(user)
    }
}

impl From<AccountId> for Whose<'_> {
    fn from(account: AccountId) -> Self {
        Self::Account(account)
    }
}

/// Which token is asked for.
#[derive(Debug, Default)]
pub struct TokenOptions<'a> {
    /// The seconds for which the token must still be valid: 0 to 3,600; 300 if omitted.
    pub min_ttl: Option<u32>,
    /// Some of the account's scopes, for a token that permits nothing else.
    pub scopes: Option<Vec<String>>,
    /// Begins the next link if the user must link again: see [`Refusal::link_session`].
    pub relinking: Option<Relinking<'a>>,
}

/// Where the next link leads back to, and the links of the user's session, as for [`Bowline::begin`].
#[derive(Debug)]
pub struct Relinking<'a> {
    /// As it is registered with the connector.
    pub return_url: &'a str,
    /// Store them in the user's session if the call fails.
    pub links: &'a mut Links,
}

impl Bowline {
    /// A token that works now, of a user (`"ada"`) or of one account (its id). Do not store it; ask again.
    ///
    /// # Errors
    /// By [`Error::code`]: `NotFound` if the user has linked nothing, `NeedsReauth` if they must link again, `AmbiguousAccount`
    /// if they have linked several accounts, of which one of [`Refusal::account_ids`] is to be asked for; and others.
    pub async fn token(&self, whose: impl Into<Whose<'_>>) -> Result<AccessToken, Error> {
        self.token_with(whose, TokenOptions::default()).await
    }

    /// [`token`](Self::token) with options.
    pub async fn token_with(
        &self,
        whose: impl Into<Whose<'_>>,
        options: TokenOptions<'_>,
    ) -> Result<AccessToken, Error> {
        match self.any_token(whose.into(), options).await? {
            Token::Bearer(token) => Ok(token),
            Token::OAuth1(_) => Err(Error::WrongProtocol { linked_by: "OAuth 1", instead: "oauth1_token" }),
        }
    }

    /// Like [`token`](Self::token), for accounts that were linked by OAuth 1.0 or 1.0a.
    pub async fn oauth1_token(&self, whose: impl Into<Whose<'_>>) -> Result<OAuth1Token, Error> {
        self.oauth1_token_with(whose, TokenOptions::default()).await
    }

    /// [`oauth1_token`](Self::oauth1_token) with options.
    pub async fn oauth1_token_with(
        &self,
        whose: impl Into<Whose<'_>>,
        options: TokenOptions<'_>,
    ) -> Result<OAuth1Token, Error> {
        match self.any_token(whose.into(), options).await? {
            Token::OAuth1(token) => Ok(token),
            Token::Bearer(_) => Err(Error::WrongProtocol { linked_by: "OAuth 2", instead: "token" }),
        }
    }

    async fn any_token(&self, whose: Whose<'_>, options: TokenOptions<'_>) -> Result<Token, Error> {
        let TokenOptions { min_ttl, scopes, relinking } = options;
        let verifier = random::verifier()?;
        let relink = relinking.as_ref().map(|relinking| Relink {
            return_url: relinking.return_url.to_owned(),
            completion_challenge: Some(random::challenge(&verifier)),
        });
        let (user, answered) = match whose {
            Whose::Account(account) => {
                let body = TokenRequest { min_ttl, scopes, relink };
                (None, self.calls().tokens_for_account(account, &body).await)
            }
            Whose::User(user) => {
                let body = UserTokenRequest { connector: None, min_ttl, scopes, relink };
                (Some(user), self.calls().tokens_for_user(user, &body).await)
            }
            Whose::UserOf(user, connector) => {
                let body = UserTokenRequest { connector: Some(connector), min_ttl, scopes, relink };
                (Some(user), self.calls().tokens_for_user(user, &body).await)
            }
        };
        if let (Err(Error::Refused(refusal)), Some(relinking)) = (&answered, relinking) {
            keep_offered(refusal, user, verifier, relinking.links);
        }
        answered
    }
}

/// Keeps the verifier of the link session that came with a refusal.
fn keep_offered(refusal: &Refusal, user: Option<&str>, verifier: String, links: &mut Links) {
    if let (Some(offered), Some(user)) = (refusal.link_session(), refusal.external_user_id().or(user)) {
        links.keep(offered.id.to_string(), user.to_owned(), verifier);
    }
}
