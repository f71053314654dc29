//! The subscription to the server's events: one stream for each session, whose events are passed on together.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until};

use crate::app::{Msg, Streaming};
use crate::client::{Client, EventSearch, EventStream, EventTold, Failure, News};

/// How long events are left unread, and for how long they are read at most before they are passed on.
const EVENTS_COLLECTED_FOR: Duration = Duration::from_millis(500);
/// The turns that the task of the connection gets to read what has come and to hand it over.
const CONNECTION_TURNS: usize = 3;
/// The first and the longest pause before a stream is opened again.
const REOPEN_PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Passes on what happens until the session ends or nobody listens any more. A stream that breaks goes on where it was.
pub(super) async fn subscribe(client: Arc<Client>, tell: UnboundedSender<Msg>) {
    let mut last: Option<String> = None;
    let mut pause = REOPEN_PAUSES.0;
    loop {
        let failure = match client.follow(&EventSearch::default(), last.as_deref()).await {
            Ok(mut stream) => {
                pause = REOPEN_PAUSES.0;
                let failure = pass_on(&mut stream, &tell).await;
                last = stream.last().map(ToOwned::to_owned);
                failure
            }
            Err(failure) => failure,
        };
        let streaming = match &failure {
            Failure::Unauthorised(_) => Streaming::Ended,
            failure if failure.is_transient() => Streaming::Lost,
            // The server is older, or does not let this operator follow.
            _ => Streaming::Absent,
        };
        if tell.send(Msg::Streaming(streaming)).is_err() || streaming != Streaming::Lost {
            return;
        }
        sleep(failure.retry_after().unwrap_or(pause)).await;
        pause = (pause * 2).min(REOPEN_PAUSES.1);
    }
}

/// Passes on what a stream tells until it ends. After an event, nothing is read for a while, because a server may tell of a thousand
/// events a second, and reading each of them when it comes costs several times as much as reading them together.
async fn pass_on(stream: &mut EventStream, tell: &UnboundedSender<Msg>) -> Failure {
    let mut news = News::default();
    // When what has come since the first event is read.
    let mut due: Option<Instant> = None;
    loop {
        let told = match due {
            None => Some(stream.next().await),
            // There is so much to read that it does not end.
            Some(at) if at.elapsed() >= EVENTS_COLLECTED_FOR => None,
            Some(at) => {
                sleep_until(at).await;
                at_hand(stream).await
            }
        };
        let Some(told) = told else {
            due = None;
            // The receiver is gone once the event loop has ended, and this task ends with it.
            let _gone = tell.send(Msg::News(std::mem::take(&mut news)));
            continue;
        };
        match told {
            Ok(EventTold::Event(event)) => {
                news.add(&event);
                due = due.or_else(|| Some(Instant::now() + EVENTS_COLLECTED_FOR));
            }
            // Something may have happened since what is shown was fetched.
            Ok(EventTold::Ready) => {
                let _gone = tell.send(Msg::Streaming(Streaming::On));
                let _gone = tell.send(Msg::News(News::anything()));
            }
            Ok(EventTold::Gap(_)) => {
                let _gone = tell.send(Msg::News(News::anything()));
            }
            Ok(EventTold::End { reason, detail }) if reason == "session_ended" => {
                return Failure::Unauthorised(detail);
            }
            Ok(EventTold::End { detail, .. }) => return Failure::Unreachable(detail),
            Ok(EventTold::Nothing) => {}
            Err(failure) => return failure,
        }
    }
}

/// What a stream tells next, if it has come.
async fn at_hand(stream: &mut EventStream) -> Option<Result<EventTold, Failure>> {
    let turns = async {
        for _ in 0..CONNECTION_TURNS {
            yield_now().await;
        }
    };
    tokio::select! {
        biased;
        told = stream.next() => Some(told),
        () = turns => None,
    }
}
