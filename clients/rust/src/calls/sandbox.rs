//! What a test key may do in its sandbox. For live keys these calls do not exist.

use bowline_api::v1::{
    ApproveSandboxLink, ApprovedSandboxLink, FireSandboxEvent, FiredSandboxEvent, SandboxAccount,
    SetSandboxState,
};
use bowline_api::{AccountId, LinkSessionId};

use crate::{Calls, Error};

impl Calls {
    /// Lets the simulated Dropbox behave in a certain way towards an account.
    pub async fn sandbox_set_state(
        &self,
        id: AccountId,
        body: &SetSandboxState,
    ) -> Result<SandboxAccount, Error> {
        self.answer(self.put(format!("/v1/sandbox/accounts/{id}/state")).json(body)).await
    }

    /// Approves a link session, or declines, without a browser.
    pub async fn sandbox_approve(
        &self,
        id: LinkSessionId,
        body: &ApproveSandboxLink,
    ) -> Result<ApprovedSandboxLink, Error> {
        self.answer(self.post(format!("/v1/sandbox/link-sessions/{id}/approve")).json(body)).await
    }

    /// Sends an event of any type to your endpoints.
    pub async fn sandbox_fire(&self, body: &FireSandboxEvent) -> Result<FiredSandboxEvent, Error> {
        self.answer(self.post("/v1/sandbox/events").json(body)).await
    }
}
