//! Linked accounts.

use bowline_api::status::AccountStatus;
use bowline_api::v1::{Account, AccountCheck, SignRequest, SignedRequest};
use bowline_api::{AccountId, Page};
use serde::Serialize;

use crate::{Calls, Error};

/// Which accounts are listed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountsQuery {
    /// Only those of this user, by your own name of them.
    pub external_user_id: Option<String>,
    /// Only those with this status.
    pub status: Option<AccountStatus>,
    /// Where the page begins: `next` or `prev` of another one.
    pub cursor: Option<String>,
    /// How many there are on a page.
    pub limit: Option<u32>,
}

impl Calls {
    /// Your accounts, the newest first.
    pub async fn accounts_list(&self, query: &AccountsQuery) -> Result<Page<Account>, Error> {
        self.answer(self.get("/v1/accounts").query(query)).await
    }

    /// One account.
    pub async fn accounts_show(&self, id: AccountId) -> Result<Account, Error> {
        self.answer(self.get(format!("/v1/accounts/{id}"))).await
    }

    /// Ends the link of an account. Once this has returned, no token of it is issued.
    pub async fn accounts_delete(&self, id: AccountId) -> Result<Account, Error> {
        self.answer(self.delete(format!("/v1/accounts/{id}"))).await
    }

    /// Asks Dropbox whether the link is alive.
    pub async fn accounts_check(&self, id: AccountId) -> Result<AccountCheck, Error> {
        self.answer(self.post(format!("/v1/accounts/{id}/check"))).await
    }

    /// Signs a request of OAuth 1, which your app then sends.
    pub async fn accounts_sign(&self, id: AccountId, body: &SignRequest) -> Result<SignedRequest, Error> {
        self.answer(self.post(format!("/v1/accounts/{id}/sign")).json(body)).await
    }
}
