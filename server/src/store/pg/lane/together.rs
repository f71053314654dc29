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

    /// The error of a call whose round trip took too long.
    fn late() -> Error {
        unavailable("no answer in time")
    }

    /// Answers the calls in their order. `tenant` is given if all calls belong to that tenant.
    fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        of: Option<Uuid>,
    ) -> impl Future<Output = QueryResult<Vec<Self::Answer>>> + Send;
}

/// The index, among `count` calls, of a call that the database numbers from one.
pub(in crate::store) fn place(call: i32, count: usize) -> Option<usize> {
    usize::try_from(call).ok()?.checked_sub(1).filter(|place| *place < count)
}

pub(super) fn unavailable(why: &str) -> Error {
    Error::Unavailable(why.into())
}
