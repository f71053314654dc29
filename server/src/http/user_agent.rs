//! The name that a client gives itself.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::auth::security::Argument;

/// The maximum number of characters of a user agent that are kept.
const LONGEST_USER_AGENT: usize = 200;

/// The `User-Agent` header, shortened, without anything that is not printable ASCII. It proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAgent(Option<String>);

impl UserAgent {
    fn of(sent: Option<&str>) -> Self {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(LONGEST_USER_AGENT).collect()
        };
        Self(sent.map(plain).filter(|text| !text.trim().is_empty()))
    }

    /// The user agent's text, if there is any.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Argument for UserAgent {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for UserAgent {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::of(request.headers().get_one("user-agent")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_short_and_printable() {
        assert_eq!(UserAgent::of(Some("bowline/0.1.0")).text(), Some("bowline/0.1.0"));
        assert_eq!(UserAgent::of(Some("a\u{1b}[2Jb\u{202e}c")).text(), Some("a[2Jbc"));
        assert_eq!(UserAgent::of(Some(&"x".repeat(900))).text().map(str::len), Some(LONGEST_USER_AGENT));
        for nothing in [None, Some(""), Some(" \t")] {
            assert_eq!(UserAgent::of(nothing).text(), None);
        }
    }
}
