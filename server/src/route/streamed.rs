//! Server-sent events whose stream beats by itself, with the wish that no proxy collects them.

use std::pin::Pin;

use futures_util::Stream;
use rocket::Request;
use rocket::http::Header;
use rocket::response::stream::{Event, EventStream};
use rocket::response::{Responder, Result as Rendered};

/// A stream of server-sent events.
pub(super) struct Streamed(pub(super) Pin<Box<dyn Stream<Item = Event> + Send>>);

impl<'r> Responder<'r, 'r> for Streamed {
    fn respond_to(self, request: &'r Request<'_>) -> Rendered<'r> {
        let mut response = EventStream::from(self.0).heartbeat(None).respond_to(request)?;
        response.set_header(Header::new("X-Accel-Buffering", "no"));
        Ok(response)
    }
}
