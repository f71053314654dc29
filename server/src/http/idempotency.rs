//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), and answers that may be repetitions.

use rocket::http::Header;
use rocket::request::{FromRequest, Outcome};
use rocket::response::{Responder, Result as Rendered};
use rocket::{Request, async_trait};

use super::auth::security::Argument;
use super::problem::Refuse as _;
use crate::domain::Code;
use crate::service::once::Once;

/// The maximum length of a key in characters.
const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// The key that the caller has chosen for this call, if it has chosen one. A handler that takes it carries each call out
/// [`once`](crate::service::once::once).
#[derive(Debug)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The key.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Argument for IdempotencyKey {}

#[async_trait]
impl<'r> FromRequest<'r> for IdempotencyKey {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let mut headers = request.headers().get("idempotency-key");
        let Some(first) = headers.next() else { return Outcome::Success(Self(None)) };
        if let Some(key) = parse_key(first).filter(|_| headers.next().is_none()) {
            Outcome::Success(Self(Some(key)))
        } else {
            let detail = "Idempotency-Key must be given once and have 1 to 255 characters of ASCII without control characters, \
                              such as a UUID; with or without quotation marks around it";
            request.refuse(Code::InvalidRequest.because(detail).into())
        }
    }
}

/// The key in a header: a string of structured fields (RFC 9651 section 3.3.3), or the same without quotation marks and
/// spaces, which most callers send.
fn parse_key(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', '\t']);
    let key = match text.strip_prefix('"') {
        Some(rest) => unquoted_key(rest.strip_suffix('"')?)?,
        None => text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"').then(|| text.to_owned())?,
    };
    (1..=LONGEST_IDEMPOTENCY_KEY).contains(&key.len()).then_some(key)
}

fn unquoted_key(text: &str) -> Option<String> {
    let mut key = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            ' '..='~' if character != '"' => key.push(character),
            _ => return None,
        }
    }
    Some(key)
}

/// An answer that says in a header if it is a repetition.
#[derive(Debug)]
pub struct Replayable<R> {
    answer: R,
    is_replayed: bool,
}

impl<T> Once<T> {
    /// The response that `render` makes of the answer.
    pub fn respond<R>(self, render: impl FnOnce(T) -> R) -> Replayable<R> {
        Replayable { answer: render(self.answer), is_replayed: self.is_replayed }
    }
}

impl<'r, 'o: 'r, R: Responder<'r, 'o>> Responder<'r, 'o> for Replayable<R> {
    fn respond_to(self, request: &'r Request<'_>) -> Rendered<'o> {
        let mut response = self.answer.respond_to(request)?;
        if self.is_replayed {
            response.set_header(Header::new("Idempotent-Replayed", "true"));
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_strings_of_structured_fields_or_bare_words() {
        for (text, key) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"order 7\"", "order 7"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            (" a ", "a"),
            (&"x".repeat(LONGEST_IDEMPOTENCY_KEY), &"x".repeat(LONGEST_IDEMPOTENCY_KEY)),
        ] {
            assert_eq!(parse_key(text).as_deref(), Some(key), "{text}");
        }
        for bad in [
            "",
            "\"\"",
            "\"",
            "a b",
            "\"a",
            "a\"",
            "\"a\"b\"",
            r#""\a""#,
            "é",
            "\"é\"",
            &"x".repeat(LONGEST_IDEMPOTENCY_KEY + 1),
        ] {
            assert_eq!(parse_key(bad), None, "{bad}");
        }
    }
}
