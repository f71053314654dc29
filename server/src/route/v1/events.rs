//! `/v1/events`: what webhooks tell, as a stream.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::unfold;
use rocket::response::stream::Event;
use rocket::{State, get};
use serde_json::json;

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::tenant_app::ManageWebhooks;
use crate::http::{LastEventId, TenantApp};
use crate::route::problems::Problems;
use crate::route::streamed::Streamed;
use crate::service::webhook::{Follower, Frame, follow as begin};

/// How long a client waits before it connects again.
const EVENT_STREAM_RETRY: Duration = Duration::from_secs(2);

/// Follow events
///
/// The messages that webhooks carry, as server-sent events, for development and for apps that no webhook can reach. An event of the type
/// `event` has the body of a message as its data and the message's id as its id. To go on after an interruption without missing any, send the
/// last id as `Last-Event-ID`, or as `after`; events are kept for 30 days, `account.changed` for three. The stream sends `ready` once it is up to
/// date, with the id after which it goes on, `gap` if the event with that id is not known any more, and `end` with a `reason` when the key has
/// ended, when the server is about to stop, and when the database is not available. A comment every 15 seconds shows that it lives.
///
/// By default five streams of a tenant may be open at each server. Further ones are `rate_limited`, as are those that exceed what a server allows to
/// all tenants together: try again after `Retry-After` seconds. A stream whose reader is gone counts for up to 15 seconds more.
#[utoipa::path(tag = "webhooks",
    params(("after" = Option<String>, Query, description = "Begins after the event with this id instead of now. The header `Last-Event-ID` counts more."),
        ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "The stream"), Problems))]
#[get("/v1/events?<after>")]
pub(super) async fn follow(
    app: &State<Arc<App>>,
    caller: TenantApp<ManageWebhooks>,
    last: LastEventId,
    after: Option<&str>,
) -> Result<Streamed> {
    let after = last.as_deref().or(after).map(str::to_owned);
    let events = begin(Arc::clone(app), caller.key, after)?;
    Ok(Streamed(Box::pin(unfold(events, |mut events: Follower| async move {
        let frame = events.next().await?;
        Some((rendered_frame(frame), events))
    }))))
}

fn rendered_frame(frame: Frame) -> Event {
    match frame {
        Frame::Ready(id) => {
            Event::data("{}").event("ready").with_retry(EVENT_STREAM_RETRY).id(id.to_string())
        }
        Frame::Event(id, payload) => Event::data(payload).event("event").id(id.to_string()),
        Frame::Beat => Event::comment(""),
        Frame::Gap => {
            let detail =
                "events may be missing here, because the one with the given id is not known any more";
            Event::json(&json!({ "detail": detail })).event("gap")
        }
        Frame::End(end) => Event::json(&json!({ "reason": end.as_str() })).event("end"),
    }
}
