//! For tests within this crate: the parts of a server, on a database of their own.

use std::sync::Arc;

use bowline_tests::Database;
use bowline_vault::KeyRing;
use chrono::DateTime;

use crate::app::App;
use crate::settings;

/// The parts. The database is deleted with them.
pub(crate) struct TestApp {
    pub(crate) app: Arc<App>,
    pub(crate) database: Database,
}

impl TestApp {
    /// Assembles the parts, with the default settings.
    pub(crate) async fn start() -> Self {
        let database = Database::fresh().await.unwrap();
        let url = ("bowline.database.url", database.server_url().unwrap());
        let settings = settings::from(settings::read(None).unwrap().figment.merge(url)).unwrap().settings;
        let app = App::new(settings, KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()).unwrap();
        Self { app, database }
    }
}
