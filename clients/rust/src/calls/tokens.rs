//! Tokens. [`Bowline::token`](crate::Bowline::token) is the short way.

use bowline_api::AccountId;
use bowline_api::v1::{ForceRefresh, Token, TokenRequest, Tokens, TokensRequest, UserTokenRequest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Calls, Error};

/// What is encoded in one segment of a path: everything but unreserved characters (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Calls {
    /// The token of an account.
    pub async fn tokens_for_account(&self, id: AccountId, body: &TokenRequest) -> Result<Token, Error> {
        self.answer(self.post(format!("/v1/accounts/{id}/token")).json(body)).await
    }

    /// The token of a user's only account.
    pub async fn tokens_for_user(
        &self,
        external_user_id: &str,
        body: &UserTokenRequest,
    ) -> Result<Token, Error> {
        let external_user_id = utf8_percent_encode(external_user_id, SEGMENT);
        self.answer(self.post(format!("/v1/users/{external_user_id}/token")).json(body)).await
    }

    /// The tokens of up to 100 accounts, each with an outcome of its own.
    pub async fn tokens_for_many(&self, body: &TokensRequest) -> Result<Tokens, Error> {
        self.answer(self.post("/v1/tokens").json(body)).await
    }

    /// A new token of an account whose token Dropbox refuses, once a minute.
    pub async fn tokens_force(&self, id: AccountId, body: &ForceRefresh) -> Result<Token, Error> {
        self.answer(self.post(format!("/v1/accounts/{id}/token/refresh")).json(body)).await
    }
}
