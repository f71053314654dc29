//! Lists what lies in its users' Dropbox accounts, which they link through Bowline.

mod users;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use bowline_client::{Bowline, Code, Error, Links, Outcome, Refusal, Returned, Webhooks};
use tower_sessions::Session;
use users::{Dropbox, Fault, page, signed_in, variable};

/// The name under which a session has the links that it began.
const LINKS: &str = "links";

#[derive(Clone)]
struct App {
    bowline: Bowline,
    webhooks: Webhooks,
    dropbox: Dropbox,
    return_url: String,
}

async fn home(State(app): State<App>, session: Session) -> Result<Response, Fault> {
    let Some(user) = signed_in(&session).await? else { return page(None, "", Vec::new()) };
    let mut token = app.bowline.token(&user).await;
    // Who has linked several accounts sees the newest.
    let several = token.as_ref().err().and_then(Error::refusal).map(Refusal::account_ids).unwrap_or_default();
    if let Some(newest) = several.first() {
        token = app.bowline.token(*newest).await;
    }
    match token {
        Ok(token) => page(Some(&user), "", app.dropbox.files(&token.access_token).await?),
        Err(error) => match error.code() {
            Some(why @ (Code::NotFound | Code::NeedsReauth | Code::AccountRevoked)) => {
                page(Some(&user), why.as_str(), Vec::new())
            }
            _ => Err(error.into()),
        },
    }
}

async fn link(State(app): State<App>, session: Session) -> Result<Redirect, Fault> {
    let Some(user) = signed_in(&session).await? else { return Ok(Redirect::to("/")) };
    let mut links: Links = session.get(LINKS).await?.unwrap_or_default();
    let begun = app.bowline.begin(&user, &app.return_url, &mut links).await?;
    session.insert(LINKS, links).await?;
    Ok(Redirect::to(&begun.url))
}

async fn linked(
    State(app): State<App>,
    session: Session,
    Query(returned): Query<Returned>,
) -> Result<Response, Fault> {
    let user = signed_in(&session).await?.unwrap_or_default();
    let links: Links = session.get(LINKS).await?.unwrap_or_default();
    match app.bowline.finish(&user, &returned, &links).await? {
        Outcome::Linked(_) => Ok(Redirect::to("/").into_response()),
        Outcome::NotLinked(why) => match why.page {
            Some(page) => Ok(Redirect::to(&page).into_response()),
            None => page(Some(&user).filter(|user| !user.is_empty()), &why.reason, Vec::new()),
        },
    }
}

async fn hooks(State(app): State<App>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match app.webhooks.verify(body, &headers) {
        Ok(event) => {
            tracing::info!("{}: {}", event.kind, event.user().unwrap_or_default());
            StatusCode::NO_CONTENT
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).init();
    let app = App {
        bowline: Bowline::from_env()?,
        webhooks: Webhooks::new(&variable("WEBHOOK_SECRET")?)?,
        dropbox: Dropbox::new()?,
        return_url: variable("RETURN_URL")?,
    };
    let routes = Router::new()
        .route("/", get(home))
        .route("/sign-in", post(users::sign_in))
        .route("/link", get(link))
        .route("/linked", get(linked))
        .route("/hooks", post(hooks))
        .layer(users::sessions(&app.return_url))
        .with_state(app);
    let port = std::env::var("PORT").unwrap_or_else(|_| "5000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("localhost:{port}")).await;
    axum::serve(listener.with_context(|| format!("port {port} is taken"))?, routes).await?;
    Ok(())
}
