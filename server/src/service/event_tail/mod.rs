//! Following the audit logs: every event as it is committed, by whichever replica, in one order and without a gap.
//!
//! Each process reads the tail of the logs (`store/event_tail.rs`) once for all who follow, and only while somebody does.
//! Nothing here knows who follows or what they may see, except `subscription`, which is the part for operators.

mod feed;
mod frame;
mod poll;
mod subscription;
mod sweep;

pub use feed::Feed;
pub use frame::{End, TailFrame};
pub use poll::watch;
pub use subscription::{Subscription, Wanted, subscribe};
pub use sweep::sweep;
