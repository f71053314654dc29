//! The verb that a request was sent with: no form changes it, and HEAD does not do what GET does where GET changes something.

use rocket::form::Form;
use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};
use rocket::{Data, Request};

use super::problem::Refuse as _;
use super::security::Argument;
use crate::domain::Code;

/// Rocket looks at so many bytes of a form.
const LOOKED_AT: usize = "_method=delete".len();

/// The verb before Rocket answers HEAD by a GET route.
struct Sent(Method);

/// Rocket has by now made a posted form that begins with `_method` into what that says: it is a POST again. A request whose verb is not
/// what its form says was never changed, and keeps it. One that was sent with the very verb that its form says cannot be told from a
/// POST, and becomes one: no route takes a form with another verb. Called by a fairing, before the request is routed.
pub(super) async fn restore(request: &mut Request<'_>, data: &mut Data<'_>) {
    if request.content_type().is_some_and(|kind| kind.is_form()) {
        // Rocket has waited for these bytes already.
        let start = str::from_utf8(data.peek(LOOKED_AT).await).unwrap_or_default();
        let first = Form::values(start).next().filter(|field| field.name == "_method");
        let said = first.and_then(|field| field.value.parse::<Method>().ok());
        if said == Some(request.method()) {
            request.set_method(Method::Post);
        }
    }
    let sent = request.method();
    request.local_cache(|| Sent(sent));
}

/// A GET that is one: for handlers that change something, such as the one that a provider sends browsers back to. HEAD, which link
/// scanners send, is refused with 405.
#[derive(Debug)]
pub struct NotHead;

impl Argument for NotHead {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for NotHead {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        if request.local_cache(|| Sent(request.method())).0 == Method::Head {
            return request.refuse(Code::MethodNotAllowed.because("HEAD does nothing here; send GET").into());
        }
        Outcome::Success(Self)
    }
}
