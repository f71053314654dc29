//! A statement that answers many calls at once.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::domain::Error;

/// A statement that answers many calls.
pub(in crate::store) trait Together: Send + Sync + 'static {
    /// One call.
    type Call: Send + Sync;
    /// The answer to one call.
    type Answer: Send;

    /// The tenant of a call.
    fn tenant(call: &Self::Call) -> Uuid;

    /// Answers the calls in their order. `tenant` is given if all calls belong to that tenant.
    fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        of: Option<Uuid>,
    ) -> impl Future<Output = QueryResult<Vec<Self::Answer>>> + Send;
}

pub(super) fn unavailable(why: &str) -> Error {
    Error::Unavailable(why.into())
}
