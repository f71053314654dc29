//! The HTTP method that a request was sent with: forms cannot change it, and HEAD does not act like GET where GET has
//! an effect.

use rocket::form::Form;
use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};
use rocket::{Data, Request};

use super::auth::security::Argument;
use super::problem::Refuse as _;
use crate::domain::Code;

/// How many bytes of a form Rocket examines.
const METHOD_FIELD_BYTES: usize = "_method=delete".len();

/// The method before Rocket answers HEAD with a GET route.
struct Sent(Method);

/// Undoes Rocket's conversion of a posted form that begins with `_method` into that method: it becomes a POST again. A
/// request whose method differs from the one in its form was never converted and is left unchanged. One that was sent
/// with the method in its form cannot be distinguished from a POST and becomes one, which is harmless because no route
/// accepts a form with another method. Called by a fairing, before the request is routed.
pub(super) async fn restore(request: &mut Request<'_>, data: &mut Data<'_>) {
    if request.content_type().is_some_and(|kind| kind.is_form()) {
        // Rocket has already waited for these bytes.
        let start = str::from_utf8(data.peek(METHOD_FIELD_BYTES).await).unwrap_or_default();
        let first = Form::values(start).next().filter(|field| field.name == "_method");
        let said = first.and_then(|field| field.value.parse::<Method>().ok());
        if said == Some(request.method()) {
            request.set_method(Method::Post);
        }
    }
    let sent = request.method();
    request.local_cache(|| Sent(sent));
}

/// A genuine GET, for handlers that have an effect, such as the one that a provider sends browsers back to. HEAD, which
/// link scanners send, is rejected with 405.
#[derive(Debug)]
pub struct NotHead;

impl Argument for NotHead {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for NotHead {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        if request.local_cache(|| Sent(request.method())).0 == Method::Head {
            return request
                .refuse(Code::MethodNotAllowed.because("this path does not support HEAD; send GET").into());
        }
        Outcome::Success(Self)
    }
}
