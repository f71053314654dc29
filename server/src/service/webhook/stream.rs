//! A tenant's stream of events, for a developer's machine that no webhook can reach. It holds no connection while it waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bowline_api::{EventId, TenantId};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::app::App;
use crate::domain::{Code, Error, Result, chain};
use crate::service::api_key::{self, VerifiedKey};
use crate::service::limit::streams;
use crate::store::TenantTx;
use crate::store::webhooks::stream::ToldEvent;

/// The pause between two looks for a tenant's events.
const STREAM_ROUND: Duration = Duration::from_secs(1);
/// The interval between two checks of the key, each of which is a sign of life as well.
const KEY_CHECK_BEAT: Duration = Duration::from_secs(15);
/// The number of events of one look.
const STREAM_BATCH: i64 = 100;

/// The id that stands for the time before all events.
const BEFORE_ALL_EVENTS: Uuid = Uuid::nil();

/// One thing that a stream tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The stream is up to date, after this event, or after the nil id if there was none.
    Ready(EventId),
    /// An event, with the body of its message.
    Event(EventId, String),
    /// Nothing happened.
    Beat,
    /// Events may be missing here: the event with which the stream was to go on is not kept any more, or unknown.
    Gap,
    /// The stream ends.
    End(End),
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The stream ends, because the tenant's API key does not work any more.
    KeyEnded,
    /// The tenant's stream ends, because the process is about to stop.
    Stopping,
    /// The tenant's stream ends, because the database is not available.
    Unavailable,
}

impl End {
    /// The name of the end of a tenant's stream on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyEnded => "key_ended",
            Self::Stopping => "stopping",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Where a stream is.
enum FollowerPlace {
    /// It begins after this event, or now. The text may be no id.
    Start(Option<String>),
    /// The follower was told everything up to this number.
    At(i64),
    Ended,
}

/// A tenant's stream of events.
pub struct Follower {
    app: Arc<App>,
    key: VerifiedKey,
    place: FollowerPlace,
    last: EventId,
    frames: VecDeque<Frame>,
    is_ready: bool,
    /// When the follower's API key is checked next.
    check_at: Instant,
    _open: streams::StreamPlace<TenantId>,
}

/// Begins a stream: after the event `after`, or now.
///
/// # Errors
/// `rate_limited` if too many streams are open, of the tenant or of all.
pub fn follow(app: Arc<App>, key: VerifiedKey, after: Option<String>) -> Result<Follower> {
    let open = app.tenants.stream(key.tenant())?;
    Ok(Follower {
        app,
        key,
        place: FollowerPlace::Start(after),
        last: BEFORE_ALL_EVENTS.into(),
        frames: VecDeque::new(),
        is_ready: false,
        check_at: Instant::now() + KEY_CHECK_BEAT,
        _open: open,
    })
}

impl Follower {
    /// What the stream tells next. `None` once it has ended.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if matches!(self.place, FollowerPlace::Ended) {
                return None;
            }
            // First, because a reader that is slow, or is never up to date, must not go on after its key has ended.
            let done = match self.check().await {
                Ok(()) => match self.frames.pop_front() {
                    Some(frame) => return Some(frame),
                    None => self.step().await,
                },
                ended => ended,
            };
            if let Err(end) = done {
                self.place = FollowerPlace::Ended;
                return Some(Frame::End(end));
            }
        }
    }

    /// Checks the key if it is time to, and shows that the stream lives.
    async fn check(&mut self) -> Result<(), End> {
        if Instant::now() < self.check_at {
            return Ok(());
        }
        self.check_at = Instant::now() + KEY_CHECK_BEAT;
        self.frames.push_back(Frame::Beat);
        match api_key::verify(&self.app, self.key.presented).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), Code::Unauthenticated | Code::ApiKeySuspended) => {
                Err(End::KeyEnded)
            }
            // Whoever comes back learns what it is, and may come again.
            Err(error) => Err(stream_unavailable(&error)),
        }
    }

    async fn step(&mut self) -> Result<(), End> {
        if self.app.is_draining() {
            return Err(End::Stopping);
        }
        let at = match &self.place {
            FollowerPlace::Start(after) => {
                let after = after.clone();
                return self.start(after.as_deref()).await;
            }
            FollowerPlace::At(at) => *at,
            FollowerPlace::Ended => return Ok(()),
        };
        let events = self.read(at).await?;
        if let Some(last) = events.last() {
            (self.place, self.last) = (FollowerPlace::At(last.sequence), last.id.into());
            let frames = events.into_iter().map(|event| Frame::Event(event.id.into(), event.payload));
            self.frames.extend(frames);
            return Ok(());
        }
        if !std::mem::replace(&mut self.is_ready, true) {
            self.frames.push_back(Frame::Ready(self.last));
            return Ok(());
        }
        self.wait().await
    }

    async fn start(&mut self, after: Option<&str>) -> Result<(), End> {
        let named = after.and_then(|text| text.parse::<EventId>().ok());
        let found = self
            .app
            .store
            .scoped_in_turn(self.key.tenant(), async |tx| {
                if let Some(id) = named
                    && let Some(sequence) = number_of_event(tx, id.uuid()).await?
                {
                    return Ok((true, (sequence, id.uuid())));
                }
                Ok((false, tx.last_webhook_event().await?.unwrap_or((0, BEFORE_ALL_EVENTS))))
            })
            .await;
        let (is_named, (sequence, id)) = found.map_err(|error| stream_unavailable(&error))?;
        if after.is_some() && !is_named {
            self.frames.push_back(Frame::Gap);
        }
        (self.place, self.last) = (FollowerPlace::At(sequence), id.into());
        Ok(())
    }

    async fn read(&self, after: i64) -> Result<Vec<ToldEvent>, End> {
        let read = async |tx: &mut TenantTx| tx.webhook_events_after(after, STREAM_BATCH).await;
        let events = self.app.store.scoped_in_turn(self.key.tenant(), read).await;
        events.map_err(|error| stream_unavailable(&error))
    }

    /// Waits for the next look.
    async fn wait(&self) -> Result<(), End> {
        tokio::select! {
            () = self.app.drained() => Err(End::Stopping),
            () = sleep(STREAM_ROUND) => Ok(()),
        }
    }
}

/// The number of an event that is kept.
async fn number_of_event(tx: &mut TenantTx, id: Uuid) -> Result<Option<i64>> {
    if id == BEFORE_ALL_EVENTS { Ok(Some(0)) } else { tx.webhook_event_number(id).await }
}

fn stream_unavailable(error: &Error) -> End {
    tracing::warn!(error = %chain(error), "a tenant's stream of events ends, because its key or its events cannot be read");
    End::Unavailable
}

#[cfg(test)]
mod tests {
    use bowline_api::admin::CreateTenant;

    use super::*;
    use crate::domain::Actor;
    use crate::domain::credential::parse_api_key;
    use crate::service::api_key::WantedKey;
    use crate::service::tenant;
    use crate::service::test_app::TestApp;

    /// A reader that is slow, or gets events faster than it reads them, has always something left to be told.
    #[tokio::test]
    async fn a_stream_that_is_never_up_to_date_ends_with_its_key() {
        let TestApp { app, database: _database } = TestApp::start().await;
        let acme = tenant::add(
            &app,
            &Actor::System,
            &CreateTenant { slug: "acme".to_owned(), name: "Acme".to_owned(), sandbox: false },
        )
        .await
        .unwrap()
        .id;
        let wanted = WantedKey { name: "app".to_owned(), permissions: None, expires_at: None };
        let new = api_key::add(&app, &Actor::System, acme, &wanted).await.unwrap();
        let key = api_key::verify(&app, parse_api_key(&new.secret).unwrap()).await.unwrap();

        let mut stream = follow(Arc::clone(&app), key, None).unwrap();
        let event = Frame::Event(BEFORE_ALL_EVENTS.into(), String::new());
        stream.frames.extend(std::iter::repeat_n(event.clone(), 3));
        stream.check_at = Instant::now();
        assert_eq!(stream.next().await.as_ref(), Some(&event), "the key works");
        api_key::revoke(&app, &Actor::System, acme, new.key.id).await.unwrap();
        assert_eq!(stream.next().await.as_ref(), Some(&event), "it is not checked for each event");
        stream.check_at = Instant::now();
        assert_eq!(stream.next().await, Some(Frame::End(End::KeyEnded)));
        assert_eq!(stream.next().await, None);
    }
}
