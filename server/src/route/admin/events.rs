//! The stream of events (`text/event-stream`).

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::unfold;
use rocket::form::FromForm;
use rocket::get;
use rocket::response::stream::Event;
use serde_json::json;

use crate::domain::Result;
use crate::http::auth::security::Argument;
use crate::http::{LastEventId, Personal, Shared};
use crate::route::problems::Problems;
use crate::route::streamed::Streamed;
use crate::service::audit::search;
use crate::service::event_tail::{self, Subscription, TailFrame, Wanted};
use crate::service::tenant;

/// How long a client waits before it connects again.
const EVENT_STREAM_RETRY: Duration = Duration::from_secs(2);

/// The query parameters of the stream.
#[derive(Debug, FromForm, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery<'r> {
    /// Only events in the log of this tenant: its id or its short name. All logs within your reach if omitted.
    tenant: Option<&'r str>,
    /// Only this action, such as `account.revoked`, or all whose first part is this, such as `account`.
    action: Option<&'r str>,
    /// Only events about this subject: an id, such as `acct_…`.
    subject: Option<&'r str>,
    /// Begins after the event with this id instead of now. The header `Last-Event-ID` counts more.
    after: Option<&'r str>,
}

impl Argument for EventsQuery<'_> {}

/// Follow events
///
/// Every event of the audit logs within your reach as it is committed, by whichever replica, as server-sent events. An event of the type
/// `audit` has an entry of the audit log as its data and the entry's id as its id. All replicas send all events in the same order,
/// in which those of one log are in the log's own order.
///
/// To go on after an interruption without missing any, send the last id as `Last-Event-ID`, or as `after`; this is possible for 24 hours.
/// The stream sends `ready` once it is up to date. It sends `gap` if the events after that id are not known any more: list the audit log to see
/// what happened meanwhile. An id without data says up to where nothing was wanted. The stream ends with `end`, whose data say why
/// and after which id to go on: when the session has ended or was not used for too long (a stream is not a use), when the server is about
/// to stop, and when the events are not read fast enough. A comment every 15 seconds shows that it lives.
#[utoipa::path(
    tag = "audit",
    params(EventsQuery<'_>, ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "The stream"), Problems),
)]
#[get("/admin/v1/events?<query..>")]
pub(super) async fn follow(
    app: &Shared,
    caller: Personal,
    last: LastEventId,
    query: EventsQuery<'_>,
) -> Result<Streamed> {
    let reach = &caller.operator.reach;
    let tenant = tenant::named_in_query(app, query.tenant).await.map_err(|error| reach.hide(error))?;
    if let Some(tenant) = tenant {
        reach.check(tenant)?;
    }
    let wanted = Wanted {
        tenant,
        actions: query.action.map(search::actions).transpose()?.unwrap_or_default(),
        subject: query.subject.map(str::to_owned),
    };
    let after = last.as_deref().or(query.after);
    let events = event_tail::subscribe(Arc::clone(app), &caller.operator, caller.session, wanted, after)?;
    Ok(Streamed(streamed_events(events)))
}

fn streamed_events(events: Subscription) -> Pin<Box<dyn Stream<Item = Event> + Send>> {
    Box::pin(unfold(events, |mut events| async move {
        let frame = events.next().await?;
        Some((rendered_frame(&frame), events))
    }))
}

fn rendered_frame(frame: &TailFrame) -> Event {
    match frame {
        TailFrame::Ready(None) => Event::data("{}").event("ready").with_retry(EVENT_STREAM_RETRY),
        TailFrame::Ready(Some(id)) => {
            Event::data("{}").event("ready").with_retry(EVENT_STREAM_RETRY).id(id.to_string())
        }
        TailFrame::Event(event) => Event::json(event.as_ref()).event("audit").id(event.id.to_string()),
        // An empty event would have empty data, and count.
        TailFrame::Passed(id) => Event::comment("").id(id.to_string()),
        TailFrame::Beat => Event::comment(""),
        TailFrame::Gap => {
            let detail = "events may be missing here, because those after the given id are not known any more; list the audit log \
                          (GET /admin/v1/audit) to see what happened meanwhile";
            Event::json(&json!({ "detail": detail })).event("gap")
        }
        TailFrame::End(end, after) => {
            let data = json!({ "reason": end.as_str(), "detail": end.detail(), "resume_after": after });
            Event::json(&data).event("end")
        }
    }
}

#[cfg(test)]
mod tests {
    use rocket::futures::StreamExt as _;
    use rocket::response::Responder as _;

    use super::*;
    use crate::service::event_tail::End;

    async fn rendered_text(frame: TailFrame) -> String {
        let client = rocket::local::asynchronous::Client::untracked(rocket::build()).await.unwrap();
        let request = client.get("/");
        let stream = rocket::futures::stream::iter([rendered_frame(&frame)]).boxed();
        let mut response = Streamed(stream).respond_to(request.inner()).unwrap();
        response.body_mut().to_string().await.unwrap()
    }

    #[rocket::async_test]
    async fn frames_are_server_sent_events() {
        let id: bowline_api::EventId = "evt_01h45ytscbebyvny4gc8cr8ma2".parse().unwrap();
        let ready = rendered_text(TailFrame::Ready(Some(id))).await;
        assert!(ready.contains("event:ready\n") && ready.contains("retry:2000\n"), "{ready}");
        assert!(ready.contains(&format!("id:{id}\n")) && ready.ends_with("data:{}\n\n"), "{ready}");
        assert_eq!(rendered_text(TailFrame::Beat).await, ":\n\n");
        // Without data, so that it is no event but the last id nevertheless.
        let passed = rendered_text(TailFrame::Passed(id)).await;
        assert!(passed.contains(&format!("id:{id}\n")) && !passed.contains("data"), "{passed}");
        let end = rendered_text(TailFrame::End(End::TooSlow, Some(id))).await;
        assert!(
            end.contains("\"reason\":\"too_slow\"") && end.contains(&format!("\"resume_after\":\"{id}\"")),
            "{end}"
        );
    }
}
