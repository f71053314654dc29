//! The query with which the provider sends the browser back (RFC 6749, 4.1.2).

use secrecy::SecretString;

use crate::{BadReturn, Returned};

/// The maximum length of a code or an error, in bytes.
const LONGEST: usize = 2000;

/// Accepts exactly one of code and error.
pub(crate) fn read_return(query: &str) -> Result<Returned, BadReturn> {
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
            _ => Err(BadReturn),
        }
    };
    // These parameters of the protocol are not used, but refused like the others if they occur twice. Unknown names are
    // ignored.
    for name in ["error_description", "error_uri", "iss"] {
        if values(name).nth(1).is_some() {
            return Err(BadReturn);
        }
    }
    match (one("code")?, one("error")?) {
        (Some(code), None) if code.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Returned::Approved(SecretString::from(code)))
        }
        (None, Some(error)) => Ok(reason(&error)),
        _ => Err(BadReturn),
    }
}

/// The errors of RFC 6749, 4.1.2.1, by their fixed names; the provider's text is never repeated.
fn reason(error: &str) -> Returned {
    match error {
        "access_denied" => Returned::Declined,
        "invalid_request" => Returned::Failed("invalid_request"),
        "unauthorized_client" => Returned::Failed("unauthorized_client"),
        "unsupported_response_type" => Returned::Failed("unsupported_response_type"),
        "invalid_scope" => Returned::Failed("invalid_scope"),
        "server_error" => Returned::Failed("server_error"),
        "temporarily_unavailable" => Returned::Failed("temporarily_unavailable"),
        _ => Returned::Failed("provider_error"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outcome() {
        assert!(matches!(read_return("code=c&state=s"), Ok(Returned::Approved(_))));
        assert!(matches!(
            read_return("error=access_denied&error_description=x&state=s"),
            Ok(Returned::Declined)
        ));
        assert!(matches!(read_return("code=c&state=s&new=1&new=2"), Ok(Returned::Approved(_))));
        assert!(matches!(read_return("error=%3Cscript%3E&state=s"), Ok(Returned::Failed("provider_error"))));
        for bad in [
            "",
            "state=s",
            "code=&state=s",
            "code=c&error=e&state=s",
            "code=c&code=c&state=s",
            "error=access_denied&error_description=a&error_description=b&state=s",
            "error=access_denied&error_uri=a&error_uri=b&state=s",
            "code=c&state=s&iss=a&iss=b",
            "code=%0a&state=s",
        ] {
            assert!(read_return(bad).is_err(), "{bad:?}");
        }
    }
}
