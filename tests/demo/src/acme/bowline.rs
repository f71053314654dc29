//! The calls to Bowline that an app makes: start a link, complete it, get a token, and let users manage their links.

use bowline_api::problem::Problem;
use bowline_api::v1::{
    AccessToken, Account, CompleteLinkSession, CreateLinkSession, CreateManageSession, NewLinkSession,
    NewManageSession, UserTokenRequest,
};
use bowline_api::{AccountId, LinkSessionId};
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

/// Bowline's `/v1` with this tenant's key.
#[derive(Debug)]
pub(crate) struct Bowline {
    http: Client,
    origin: Url,
    api_key: SecretString,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BowlineError {
    /// Bowline returned a problem; decide by its `code`.
    #[error("{} ({})", .0.detail, .0.code)]
    Problem(Box<Problem>),
    /// Bowline returned an unexpected response.
    #[error("Bowline answered {0} without saying why")]
    Unexplained(StatusCode),
    /// Bowline could not be reached, or its response could not be read.
    #[error("Bowline cannot be reached")]
    Unreachable(#[from] reqwest::Error),
}

impl BowlineError {
    /// The page that tells the user why the link was not completed, if Bowline has one.
    pub(crate) fn outcome_url(&self) -> Option<String> {
        let Self::Problem(problem) = self else { return None };
        problem.extra.get("outcome_url")?.as_str().map(str::to_owned)
    }
}

/// The state of one of our users at Bowline.
#[derive(Debug)]
pub(crate) enum Tokens {
    /// A token for each of the user's accounts; rarely more than one.
    Ready(Vec<AccessToken>),
    /// The user has not linked anything.
    NotLinked,
    /// The user's link is dead; the user must link again.
    LinkAgain(String),
}

impl Bowline {
    pub(crate) fn new(http: Client, origin: Url, api_key: SecretString) -> Self {
        Self { http, origin, api_key }
    }

    pub(crate) fn origin(&self) -> &Url {
        &self.origin
    }

    /// Starts a link. The user's browser goes to the `url` of the response.
    pub(crate) async fn start_link(
        &self,
        user: &str,
        return_url: Url,
        completion_challenge: String,
    ) -> Result<NewLinkSession, BowlineError> {
        let body = CreateLinkSession {
            completion_challenge: Some(completion_challenge),
            ..CreateLinkSession::new(user, return_url)
        };
        self.post(&["v1", "link-sessions"], &body).await
    }

    /// Starts a visit of the page with the user's linked accounts. The challenge is for a link that begins there.
    pub(crate) async fn start_visit(
        &self,
        user: &str,
        return_url: Url,
        completion_challenge: String,
    ) -> Result<NewManageSession, BowlineError> {
        let body = CreateManageSession {
            completion_challenge: Some(completion_challenge),
            ..CreateManageSession::new(user, return_url)
        };
        self.post(&["v1", "manage-sessions"], &body).await
    }

    /// Completes a link in the request of the user who started it.
    pub(crate) async fn complete_link(
        &self,
        id: LinkSessionId,
        link_code: String,
        verifier: &SecretString,
    ) -> Result<Account, BowlineError> {
        let body =
            CompleteLinkSession { link_code, completion_verifier: verifier.expose_secret().to_owned() };
        self.post(&["v1", "link-sessions", &id.to_string(), "complete"], &body).await
    }

    /// Fresh tokens for all accounts of a user.
    pub(crate) async fn tokens(&self, user: &str) -> Result<Tokens, BowlineError> {
        let problem = match self.post(&["v1", "users", user, "token"], &UserTokenRequest::default()).await {
            Ok(token) => return Ok(Tokens::Ready(vec![token])),
            Err(BowlineError::Problem(problem)) => problem,
            Err(other) => return Err(other),
        };
        match (problem.status, problem.code.as_str()) {
            (404, _) => Ok(Tokens::NotLinked),
            (_, "ambiguous_account") => self.token_of_each(&problem).await,
            (410, _) | (_, "needs_reauth") => Ok(Tokens::LinkAgain(problem.detail)),
            _ => Err(BowlineError::Problem(problem)),
        }
    }

    async fn token_of_each(&self, problem: &Problem) -> Result<Tokens, BowlineError> {
        let ids = problem.extra.get("account_ids").cloned().unwrap_or_default();
        let ids: Vec<AccountId> = serde_json::from_value(ids).unwrap_or_default();
        let mut tokens = Vec::with_capacity(ids.len());
        for id in ids {
            let id = id.to_string();
            tokens.push(self.post(&["v1", "accounts", &id, "token"], &UserTokenRequest::default()).await?);
        }
        Ok(Tokens::Ready(tokens))
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, BowlineError> {
        let mut url = self.origin.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // Escapes each segment, because a user's name may contain a slash.
            segments.clear().extend(path);
        }
        let answer = self.http.post(url).bearer_auth(self.api_key.expose_secret()).json(body).send().await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer.json().await?);
        }
        match answer.json().await {
            Ok(problem) => Err(BowlineError::Problem(Box::new(problem))),
            Err(_) => Err(BowlineError::Unexplained(status)),
        }
    }
}
