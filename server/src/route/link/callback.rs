//! The page to which the provider sends the end user back.

use std::sync::Arc;

use bowline_api::ConnectorId;
use rocket::http::uri::Origin;
use rocket::{State, get};
use secrecy::SecretString;

use super::cookies::Cookies;
use super::failed::Failed;
use super::page::SeeOther;
use crate::app::App;
use crate::domain::Error;
use crate::http::NotHead;
use crate::service::link::{self, AuthorizationResponse};

/// The longest state in a callback, in bytes.
const LONGEST_STATE: usize = 2000;

#[get("/link/<connector>/callback")]
pub(super) async fn callback(
    app: &State<Arc<App>>,
    _verb: NotHead,
    connector: &str,
    uri: &Origin<'_>,
    cookies: Cookies<'_>,
) -> Result<SeeOther, Failed> {
    let connector: ConnectorId = connector.parse().map_err(|_| Error::not_found())?;
    let query = uri.query().map_or("", |query| query.as_str());
    let response = AuthorizationResponse { connector, state: state(query), query: SecretString::from(query) };
    Ok(SeeOther(link::callback(app, response, |name| cookies.value(name)).await?))
}

/// Exactly one state, which every provider returns unchanged. The rest of the query is for the connector's protocol.
fn state(query: &str) -> Option<SecretString> {
    let mut states = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "state");
    match (states.next(), states.next()) {
        (Some((_, state)), None) if !state.is_empty() && state.len() <= LONGEST_STATE => {
            Some(SecretString::from(state.into_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_state() {
        for good in
            ["code=c&state=s", "error=access_denied&error_description=x&state=s", "state=s&new=1&new=2"]
        {
            assert!(state(good).is_some(), "{good:?}");
        }
        for bad in ["", "code=c", "code=c&state=", "code=c&state=s&state=s", "code=c&state[]=s"] {
            assert!(state(bad).is_none(), "{bad:?}");
        }
    }
}
