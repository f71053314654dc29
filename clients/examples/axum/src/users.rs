//! The app before it knew Bowline: it has users who sign in, a page, and a client for Dropbox. This stands in for your own.

use std::time::Duration;

use anyhow::Context as _;
use askama::Template as _;
use axum::Form;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use tower_sessions::cookie::SameSite;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

const USER: &str = "user";

/// A fault of the app or of what it calls: logged, and not shown.
pub(crate) struct Fault(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        tracing::error!("{:#}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

pub(crate) fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}

/// Sessions in the memory of this process.
pub(crate) fn sessions(return_url: &str) -> SessionManagerLayer<MemoryStore> {
    // With strict, the browser would come back from Dropbox without its session.
    SessionManagerLayer::new(MemoryStore::default())
        .with_same_site(SameSite::Lax)
        .with_secure(return_url.starts_with("https:"))
}

pub(crate) async fn signed_in(session: &Session) -> Result<Option<String>, Fault> {
    Ok(session.get(USER).await?)
}

#[derive(Deserialize)]
pub(crate) struct SignIn {
    user: String,
}

/// Begins a new session, which knows nothing of an earlier user's.
pub(crate) async fn sign_in(session: Session, Form(form): Form<SignIn>) -> Result<Redirect, Fault> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(USER, form.user).await?;
    Ok(Redirect::to("/"))
}

#[derive(askama::Template)]
#[template(path = "home.html")]
struct Home<'a> {
    user: Option<&'a String>,
    message: &'a str,
    files: Vec<String>,
}

/// The one page of the app, with a message for a code of Bowline's.
pub(crate) fn page(user: Option<&String>, code: &str, files: Vec<String>) -> Result<Response, Fault> {
    let message = match code {
        "" => "",
        "not_found" => "You have not linked a Dropbox yet.",
        "needs_reauth" | "account_revoked" => "Your Dropbox is not connected any more. Please link it again.",
        "access_denied" => "You declined, and that is fine. Nothing was linked.",
        "not_started_here" => "This link was not started here, so nothing was linked.",
        _ => "Your Dropbox was not linked. Please try again.",
    };
    Ok(Html(Home { user, message, files }.render()?).into_response())
}

/// Calls Dropbox.
#[derive(Clone)]
pub(crate) struct Dropbox(reqwest::Client);

#[derive(Deserialize)]
struct Folder {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
}

impl Dropbox {
    /// With the certificates of the system, or of `SSL_CERT_FILE`.
    pub(crate) fn new() -> anyhow::Result<Self> {
        // In this workspace, reqwest has no cryptography of its own. With its default features, leave this line out.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        Ok(Self(reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?))
    }

    /// The names of what lies at the top of a Dropbox.
    pub(crate) async fn files(&self, access_token: &str) -> anyhow::Result<Vec<String>> {
        let host = std::env::var("DROPBOX_API_HOST").unwrap_or_else(|_| "api.dropboxapi.com".to_owned());
        let call = self.0.post(format!("https://{host}/2/files/list_folder")).bearer_auth(access_token);
        let answer = call.json(&json!({ "path": "" })).send().await?.error_for_status()?;
        let folder: Folder = answer.json().await?;
        Ok(folder.entries.into_iter().map(|entry| entry.name).collect())
    }
}
