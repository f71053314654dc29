//! Where the provider sends the end user back to.

use std::sync::Arc;

use bowline_api::ConnectorId;
use rocket::http::uri::Origin;
use rocket::{State, get};
use secrecy::SecretString;

use super::cookies::Cookies;
use super::page::{Failed, SeeOther};
use crate::app::App;
use crate::domain::{Code, Error, Refusal};
use crate::guard::NotHead;
use crate::service::link::{self, Came, Outcome};

/// Bytes that a code or a state may have.
const LONGEST: usize = 2000;

#[get("/<connector>/callback")]
pub(super) async fn callback(
    app: &State<Arc<App>>,
    _verb: NotHead,
    connector: &str,
    uri: &Origin<'_>,
    cookies: Cookies<'_>,
) -> Result<SeeOther, Failed> {
    let connector: ConnectorId = connector.parse().map_err(|_| Error::not_found())?;
    let (state, outcome) = parse(uri.query().map_or("", |query| query.as_str())).map_err(Error::from)?;
    let came = Came { connector, state, outcome };
    Ok(SeeOther(link::callback(app, came, |name| cookies.value(name)).await?))
}

/// Exactly one state, and exactly one of code and error (RFC 6749 section 4.1.2).
fn parse(query: &str) -> Result<(SecretString, Outcome), Refusal> {
    let wrong = || Code::InvalidRequest.because("the provider's answer is not one");
    let values = |name: &'static str| {
        url::form_urlencoded::parse(query.as_bytes()).filter(move |(key, _)| key == name)
    };
    let one = |name: &'static str| {
        let mut values = values(name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() && value.len() <= LONGEST => {
                Ok(Some(value.into_owned()))
            }
            (None, _) => Ok(None),
            _ => Err(wrong()),
        }
    };
    // Names of ours that nothing is done with: doubled, they are refused like the others; names of nobody's are ignored.
    for name in ["error_description", "error_uri", "iss"] {
        if values(name).nth(1).is_some() {
            return Err(wrong());
        }
    }
    let state = one("state")?.ok_or_else(wrong)?;
    let outcome = match (one("code")?, one("error")?) {
        (Some(code), None) if code.bytes().all(|b| b.is_ascii_graphic()) => {
            Outcome::Code(SecretString::from(code))
        }
        (None, Some(error)) => reason(&error),
        _ => return Err(wrong()),
    };
    Ok((SecretString::from(state), outcome))
}

/// The errors of RFC 6749 section 4.1.2.1 by their fixed names; the provider's text is never repeated.
fn reason(error: &str) -> Outcome {
    match error {
        "access_denied" => Outcome::Denied,
        "invalid_request" => Outcome::Error("invalid_request"),
        "unauthorized_client" => Outcome::Error("unauthorized_client"),
        "unsupported_response_type" => Outcome::Error("unsupported_response_type"),
        "invalid_scope" => Outcome::Error("invalid_scope"),
        "server_error" => Outcome::Error("server_error"),
        "temporarily_unavailable" => Outcome::Error("temporarily_unavailable"),
        _ => Outcome::Error("provider_error"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_state_and_one_outcome() {
        assert!(matches!(parse("code=c&state=s"), Ok((_, Outcome::Code(_)))));
        assert!(matches!(parse("error=access_denied&error_description=x&state=s"), Ok((_, Outcome::Denied))));
        assert!(matches!(parse("code=c&state=s&new=1&new=2"), Ok((_, Outcome::Code(_)))));
        assert!(matches!(parse("error=%3Cscript%3E&state=s"), Ok((_, Outcome::Error("provider_error")))));
        for bad in [
            "",
            "code=c",
            "state=s",
            "code=c&state=",
            "code=c&error=e&state=s",
            "code=c&state=s&state=s",
            "code=c&code=c&state=s",
            "code=c&state[]=s",
            "error=access_denied&error_description=a&error_description=b&state=s",
            "error=access_denied&error_uri=a&error_uri=b&state=s",
            "code=c&state=s&iss=a&iss=b",
            "code=%0a&state=s",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
