//! A statement that answers many calls at once.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::domain::Error;

/// A statement that answers many calls.
pub(in crate::store) trait Together: Send + Sync + 'static {
    /// What is asked.
    type Call: Send + Sync;
    /// What is said of it.
    type Answer: Send;

    /// Whose call it is.
    fn tenant(call: &Self::Call) -> Uuid;

    /// One answer for each call, in their order. Of one tenant, which is that of all calls, or of any.
    fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        of: Option<Uuid>,
    ) -> impl Future<Output = QueryResult<Vec<Self::Answer>>> + Send;
}

pub(super) fn unavailable(why: &str) -> Error {
    Error::Unavailable(why.into())
}
