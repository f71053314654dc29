//! The language of a response.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use crate::service::link::{DROPBOX, LinkSetting};
use crate::words::{Language, Words};

/// The languages that the browser prefers: its header `Accept-Language`.
pub(super) struct Preferred<'r>(Option<&'r str>);

impl<'r> Preferred<'r> {
    pub(super) fn of(request: &'r Request<'_>) -> Self {
        Self(request.headers().get_one("accept-language"))
    }

    /// The texts for a page of a session with this setting, with its names.
    pub(super) fn words(&self, setting: &LinkSetting) -> Words {
        let words = Words::new(Language::choose(setting.locale.as_deref(), self.0))
            .with("app", &setting.app)
            .with_host("provider", &setting.provider);
        match &setting.email {
            Some(email) => words.with("email", email),
            None => words,
        }
    }

    /// The texts for a page of no known session.
    pub(super) fn words_without_session(&self) -> Words {
        Words::new(Language::choose(None, self.0)).with_host("provider", DROPBOX)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Preferred<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::of(request))
    }
}
