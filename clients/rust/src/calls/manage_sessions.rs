//! Visits of the page on which users see and end their links. [`Bowline::manage`](crate::Bowline::manage) is the short way.

use bowline_api::v1::{CreateManageSession, NewManageSession};

use crate::{Calls, Error};

impl Calls {
    /// Begins a visit.
    pub async fn manage_sessions_create(
        &self,
        body: &CreateManageSession,
    ) -> Result<NewManageSession, Error> {
        self.answer(self.post("/v1/manage-sessions").json(body)).await
    }
}
