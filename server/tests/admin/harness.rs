//! The internal listener's routes without a socket, on a database of their own.

use std::sync::{Arc, LazyLock};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use bowline_api::OperatorId;
use bowline_api::status::Role;
use bowline_server::app::App;
use bowline_server::domain::credential::{Kind, NewCredential};
use bowline_server::domain::entropy;
use bowline_server::http::{every_request::EveryRequest, problem};
use bowline_server::store::PlatformTx;
use bowline_server::store::operators::sessions::NewSessionRow;
use bowline_server::{route, settings};
use bowline_tests::Database;
use bowline_vault::KeyRing;
use metrics_exporter_prometheus::PrometheusBuilder;
use rocket::http::{ContentType, Header, Method};
use rocket::local::asynchronous::Client;
use serde_json::Value;

/// The password of every operator of the harness.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A hash of [`PASSWORD`] that takes no time to check.
static QUICK_HASH: LazyLock<String> = LazyLock::new(|| {
    let params = Params::new(8, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
});

/// A body with the proof that it is an operator of the harness.
pub(crate) fn proven(mut body: Value) -> Value {
    body["proof"] = serde_json::json!({ "password": PASSWORD });
    body
}

/// The admin API of one test.
pub(crate) struct Admin {
    pub(crate) client: Client,
    pub(crate) app: Arc<App>,
    database: Arc<Database>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of a response that must have this status.
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The code of a problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Admin {
    pub(crate) async fn start() -> Self {
        Self::start_on(Database::fresh().await.unwrap()).await
    }

    /// Starts with settings that `change` has changed.
    pub(crate) async fn start_with(change: impl FnOnce(&mut settings::Settings)) -> Self {
        Self::start_as(Arc::new(Database::fresh().await.unwrap()), change).await
    }

    pub(crate) async fn start_on(database: Database) -> Self {
        Self::start_as(Arc::new(database), |_| ()).await
    }

    /// Another process on the same database.
    pub(crate) async fn replica(&self) -> Self {
        Self::start_as(Arc::clone(&self.database), |_| ()).await
    }

    async fn start_as(database: Arc<Database>, change: impl FnOnce(&mut settings::Settings)) -> Self {
        let figment = settings::read(None).unwrap().figment;
        // Dropbox is not there: no test calls the real one.
        let figment = figment
            .merge(("bowline.dropbox.api_url", "http://127.0.0.1:1"))
            .merge(("bowline.development", true));
        let mut configuration =
            settings::from(figment.merge(("bowline.database.url", database.server_url().unwrap()))).unwrap();
        change(&mut configuration.settings);
        let ring = KeyRing::generate(chrono::DateTime::UNIX_EPOCH).unwrap();
        let app = App::new(configuration.settings, ring).unwrap();
        let rocket = rocket::custom(configuration.figment)
            .manage(Arc::clone(&app))
            .manage(PrometheusBuilder::new().build_recorder().handle())
            .register("/", problem::catchers())
            .attach(EveryRequest { listener: "internal" });
        let client = Client::untracked(route::internal().mount(rocket, false)).await.unwrap();
        Self { client, app, database }
    }

    /// Creates an operator with [`PASSWORD`], and returns the token of a session.
    pub(crate) async fn operator(&self, name: &str, role: Role) -> String {
        let id: OperatorId = entropy::id();
        let insert = async |tx: &mut PlatformTx| tx.insert_operator(id.uuid(), name, &QUICK_HASH, role).await;
        self.app.store.platform(insert).await.unwrap();
        self.session(id).await
    }

    /// Creates another session of an operator, and returns its token.
    pub(crate) async fn session(&self, id: OperatorId) -> String {
        let credential = NewCredential::generate(Kind::OperatorSession).unwrap();
        let session = NewSessionRow {
            token: credential.digest,
            id: entropy::id::<bowline_api::id::Session>().uuid(),
            operator: id.uuid(),
            length: std::time::Duration::from_secs(self.app.settings.operators.session_seconds),
            address: "192.0.2.1",
            client: Some("test"),
        };
        let insert = async |tx: &mut PlatformTx| tx.insert_session(session.clone()).await;
        self.app.store.platform(insert).await.unwrap();
        credential.expose().to_owned()
    }

    /// Runs statements as the superuser.
    pub(crate) async fn execute(&self, sql: &str) {
        self.superuser().await.batch_execute(sql).await.unwrap();
    }

    /// A connection that is not subject to row-level security.
    pub(crate) async fn superuser(&self) -> tokio_postgres::Client {
        self.database.superuser().await.unwrap()
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.call(Method::Get, token, path, None).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(Method::Post, token, path, Some(body)).await
    }

    pub(crate) async fn call(&self, method: Method, token: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.client.req(method, path.to_owned());
        if !token.is_empty() {
            request = request.header(Header::new("Authorization", format!("Bearer {token}")));
        }
        if let Some(body) = body {
            request = request.header(ContentType::JSON).body(body.to_string());
        }
        let response = request.dispatch().await;
        let status = response.status().code;
        if status >= 400 {
            let kind = response.headers().get_one("Content-Type");
            assert_eq!(kind, Some("application/problem+json"), "{method} {path}");
        }
        let retry_after = response.headers().get_one("Retry-After").and_then(|text| text.parse().ok());
        if response.headers().get_one("Content-Type") == Some("text/event-stream") {
            // It has no end.
            return Answer { status, retry_after: None, body: Value::Null };
        }
        let text = response.into_string().await.unwrap_or_default();
        Answer { status, retry_after, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }
}
