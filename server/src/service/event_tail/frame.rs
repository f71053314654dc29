//! What a stream of events tells those who follow it.

use bowline_api::EventId;
use bowline_api::admin::AuditEvent;

/// One thing that a stream tells.
#[derive(Debug, Clone, PartialEq)]
pub enum TailFrame {
    /// The stream is up to date, after this event if there is one. Whatever is committed from now on is told.
    Ready(Option<EventId>),
    /// An event.
    Event(Box<AuditEvent>),
    /// Nothing that is wanted happened up to this event. A stream that begins again goes on after it.
    Passed(EventId),
    /// Nothing happened.
    Beat,
    /// Events may be missing here: those after the event with which the stream was to go on are not kept any more, or that event
    /// is unknown.
    Gap,
    /// The stream ends. It can go on after this event, if there is one.
    End(End, Option<EventId>),
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The session has ended, or what the operator may see has changed.
    SessionEnded,
    /// The stream ends, because the process is about to stop.
    Stopping,
    /// The stream ends, because its follower does not keep up.
    TooSlow,
    /// The stream ends, because the database is not available.
    Unavailable,
}

impl End {
    /// The name of the stream's end on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionEnded => "session_ended",
            Self::Stopping => "stopping",
            Self::TooSlow => "too_slow",
            Self::Unavailable => "unavailable",
        }
    }

    /// What to do.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::SessionEnded => "the session has ended; log in again, and resume after this event",
            Self::Stopping => "this server is about to stop; connect again to resume at another one",
            Self::TooSlow => {
                "events were not read as fast as they happened; connect again to resume, and read faster or ask for fewer"
            }
            Self::Unavailable => "the database is not available; connect again later to resume",
        }
    }
}
