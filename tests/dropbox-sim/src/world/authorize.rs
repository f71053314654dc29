//! Parses authorize URLs and builds the redirects back to the app (RFC 6749 §4.1, RFC 7636).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use url::Url;

use super::{
    App, Scopes, User, World,
    grant::{AccessType, Challenge},
};
use crate::config::{AccountType, AppStatus};

/// Older versions of the documentation say 500, newer ones 2000.
const MAX_STATE_BYTES: usize = 2_000;

/// A valid authorization request.
#[expect(clippy::struct_excessive_bools, reason = "each is a parameter of its own on the wire")]
#[derive(Debug, Clone)]
pub(crate) struct Authorize {
    pub(crate) app_key: String,
    pub(crate) app_name: String,
    /// `None`: the code is shown to the user, who copies it.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) scopes: Scopes,
    pub(crate) include_granted_scopes: bool,
    pub(crate) access_type: AccessType,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) require_role: Option<Role>,
    pub(crate) force_reapprove: bool,
    pub(crate) force_reauthentication: bool,
    pub(crate) disable_signup: bool,
    pub(crate) auto_approve: Option<String>,
}

/// The values of `require_role`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Work,
    Personal,
}

impl Role {
    pub(crate) fn fits(self, user: &User) -> bool {
        (self == Self::Work) == (user.view.account_type == AccountType::Business)
    }

    pub(crate) fn complaint(self) -> &'static str {
        match self {
            Self::Work => "Please sign in with a work account.",
            Self::Personal => "Please sign in with a personal account.",
        }
    }
}

/// Why a request is refused, and where the error is shown.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// On Dropbox's own page; the app is not notified.
    Page(&'static str),
    /// By a redirect to the app (RFC 6749 §4.1.2.1).
    Redirect(String),
}

impl World {
    /// Validates the parameters of an authorize URL. Errors are redirected only after the app and the `redirect_uri`
    /// are verified.
    pub(crate) fn authorize(&self, query: &str) -> Result<Authorize, Refusal> {
        let fields = first_of_each(query);
        let get = |name: &str| fields.get(name).map(String::as_str);

        let app = get("client_id")
            .and_then(|key| self.apps.get(key))
            .ok_or(Refusal::Page("Invalid client_id: there is no app of that key."))?;
        let redirect_uri = get("redirect_uri").map(str::to_owned);
        let state = get("state").map(str::to_owned);
        page_refusal(app, redirect_uri.as_ref(), state.as_ref(), get("scope"))?;

        let refuse = |error: &str, why: &str| match &redirect_uri {
            Some(uri) => Refusal::Redirect(back(
                uri,
                &[("error", error), ("error_description", why)],
                state.as_deref(),
            )),
            None => Refusal::Page("The authorization request is invalid."),
        };
        if get("response_type") != Some("code") {
            return Err(refuse("unsupported_response_type", "response_type must be \"code\""));
        }
        let scopes = requested_scopes(app, get("scope"), &refuse)?;
        Ok(Authorize {
            app_key: app.key.clone(),
            app_name: app.name.clone(),
            include_granted_scopes: includes_granted(
                get("include_granted_scopes"),
                get("scope").is_some(),
                &refuse,
            )?,
            access_type: match get("token_access_type") {
                None | Some("online") => AccessType::Online,
                Some("offline") => AccessType::Offline,
                Some("legacy") => AccessType::Legacy,
                Some(_) => return Err(refuse("invalid_request", "token_access_type is invalid")),
            },
            challenge: challenge(get("code_challenge"), get("code_challenge_method"))
                .map_err(|why| refuse("invalid_request", why))?,
            require_role: match get("require_role") {
                None => None,
                Some("work") => Some(Role::Work),
                Some("personal") => Some(Role::Personal),
                Some(_) => return Err(refuse("invalid_request", "require_role is invalid")),
            },
            force_reapprove: get("force_reapprove") == Some("true"),
            force_reauthentication: get("force_reauthentication") == Some("true"),
            disable_signup: get("disable_signup") == Some("true"),
            auto_approve: app.auto_approve.clone().or_else(|| self.settings.auto_approve.clone()),
            scopes,
            redirect_uri,
            state,
        })
    }

    /// The user allows access. Returns the redirect URL, or the code itself if the app gave no `redirect_uri`.
    pub(crate) fn approve(
        &mut self,
        ask: &Authorize,
        account_id: &str,
        now: DateTime<Utc>,
    ) -> Result<String, String> {
        let code = self.issue_code(ask, account_id, now);
        match &ask.redirect_uri {
            Some(uri) => Ok(back(uri, &[("code", code.expose())], ask.state.as_deref())),
            None => Err(code.expose().to_owned()),
        }
    }

    /// Whether this user has a live grant of the app that covers all requested scopes.
    pub(crate) fn has_approved(&self, ask: &Authorize, account_id: &str) -> bool {
        self.settings.silent_reapproval
            && !ask.force_reapprove
            && self.live_grants(&ask.app_key, account_id).any(|grant| ask.scopes.is_subset(&grant.scopes))
    }
}

impl Authorize {
    /// The user declines; `None` if the app gave no `redirect_uri`.
    pub(crate) fn decline(&self) -> Option<String> {
        let why = "The user chose not to give your app access to their Dropbox account.";
        let uri = self.redirect_uri.as_deref()?;
        let fields = [("error", "access_denied"), ("error_description", why)];
        Some(back(uri, &fields, self.state.as_deref()))
    }
}

/// The fields of a query; the first occurrence of a duplicated field counts.
fn first_of_each(query: &str) -> HashMap<String, String> {
    let mut fields = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        fields.entry(name.into_owned()).or_insert(value.into_owned());
    }
    fields
}

/// The errors that Dropbox shows on its own page, because it does not trust the address or the app.
fn page_refusal(
    app: &App,
    redirect_uri: Option<&String>,
    state: Option<&String>,
    scope: Option<&str>,
) -> Result<(), Refusal> {
    if redirect_uri.is_some_and(|uri| !app.redirect_uris.contains(uri)) {
        return Err(Refusal::Page(
            "Invalid redirect_uri: it must exactly match one of those registered for the app.",
        ));
    }
    status_refusal(app.status)?;
    if scope.is_some_and(|scope| scope.trim().is_empty()) {
        return Err(Refusal::Page("Invalid scope: an empty scope was asked for."));
    }
    if state.is_some_and(|state| state.len() > MAX_STATE_BYTES) {
        return Err(Refusal::Page("Invalid state: it is too long."));
    }
    Ok(())
}

fn status_refusal(status: AppStatus) -> Result<(), Refusal> {
    match status {
        AppStatus::Active => Ok(()),
        AppStatus::UserLimit => Err(Refusal::Page(
            "This app has reached its user limit. Contact the app developer for more information.",
        )),
        AppStatus::Frozen => Err(Refusal::Page("This app is frozen pending review.")),
    }
}

fn requested_scopes(
    app: &App,
    asked: Option<&str>,
    refuse: &impl Fn(&str, &str) -> Refusal,
) -> Result<Scopes, Refusal> {
    let Some(asked) = asked.map(Scopes::parse) else {
        return Ok(app.scopes.clone());
    };
    if asked.is_subset(&app.scopes) {
        Ok(asked)
    } else {
        Err(refuse("invalid_scope", "the app is not allowed to ask for this scope"))
    }
}

fn includes_granted(
    value: Option<&str>,
    has_scope: bool,
    refuse: &impl Fn(&str, &str) -> Refusal,
) -> Result<bool, Refusal> {
    match value {
        None => Ok(false),
        Some("user" | "team") if has_scope => Ok(true),
        Some(_) => Err(refuse("invalid_request", "include_granted_scopes is invalid")),
    }
}

fn challenge(value: Option<&str>, method: Option<&str>) -> Result<Option<Challenge>, &'static str> {
    let Some(value) = value else {
        return match method {
            None => Ok(None),
            Some(_) => Err("code_challenge is missing"),
        };
    };
    if !(43..=128).contains(&value.len()) {
        return Err("code_challenge must have 43 to 128 characters");
    }
    match method {
        Some("S256") => Ok(Some(Challenge::S256(value.to_owned()))),
        // RFC 7636 §4.3: the default method is plain.
        None | Some("plain") => Ok(Some(Challenge::Plain(value.to_owned()))),
        Some(_) => Err("code_challenge_method must be S256 or plain"),
    }
}

/// `uri` with `fields` and the state added to its query.
fn back(uri: &str, fields: &[(&str, &str)], state: Option<&str>) -> String {
    let Ok(mut url) = Url::parse(uri) else {
        return uri.to_owned();
    };
    let mut query = url.query_pairs_mut();
    query.extend_pairs(fields);
    query.extend_pairs(state.map(|state| ("state", state)));
    drop(query);
    url.into()
}
