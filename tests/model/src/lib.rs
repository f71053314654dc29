//! Models of what must hold whatever fails, small enough that a checker looks at every state that they can reach.
//!
//! [`account`] is one account with its refresh lease, its links and its revocations, in the steps in which the server takes
//! them: one step for each transaction and each call of the provider, with a crash, a stop or a clock step between any two.
//! What the checker cannot see is whether the server does what the model says; that is what `tests/suite/model` is for.

pub mod account;
