//! What a notice of the provider brings: its signature, and a body of which every byte is signed.

use std::convert::Infallible;

use rocket::Request;
use rocket::data::{Data, FromData, Outcome as Taken};
use rocket::request::{FromRequest, Outcome};

use super::auth::security::Argument;
use super::body::incoming::{self, Incoming};
use super::caller;
use super::problem::Refuse as _;
use crate::domain::Result;
use crate::service::caller::{Caller, Principal};
use crate::service::notice::NoticeSender;

/// Who says that they are the provider.
pub struct Notifier<'r> {
    signature: Option<&'r str>,
    caller: &'r Caller,
}

impl Notifier<'_> {
    /// The only `X-Dropbox-Signature`.
    pub fn signature(&self) -> Option<&str> {
        self.signature
    }

    /// Records for the access log that it is the provider.
    pub fn is_provider_of(&self, sender: &NoticeSender) {
        self.caller.identify_as(Principal::Provider(sender.tenant, sender.connector));
    }
}

impl Argument for Notifier<'_> {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Notifier<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let mut headers = request.headers().get("x-dropbox-signature");
        let signature = headers.next().filter(|_| headers.next().is_none());
        Outcome::Success(Self { signature, caller: caller::of(request) })
    }
}

/// A body that has not been read yet, so that a request can be refused without it: at most 64 KiB, unencoded, whatever its content type is.
pub struct Unread<'r>(Incoming<'r>);

impl Unread<'_> {
    /// The whole body.
    ///
    /// # Errors
    /// `body_too_large`; `request_timeout`; `invalid_request` if the connection breaks.
    pub async fn read(self) -> Result<Vec<u8>> {
        self.0.whole().await
    }
}

impl Argument for Unread<'_> {}

#[rocket::async_trait]
impl<'r> FromData<'r> for Unread<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Taken<'r, Self> {
        match incoming::is_plain(request).and_then(|()| Incoming::open(request, data)) {
            Ok(incoming) => Taken::Success(Self(incoming)),
            Err(error) => request.refuse(error),
        }
    }
}
