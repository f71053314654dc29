//! The two calls to Dropbox's API that Acme makes with a token from Bowline.

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

/// The API of Dropbox or of the simulator.
#[derive(Debug)]
pub(crate) struct Dropbox {
    http: Client,
    origin: Url,
}

/// The fields that Acme needs of the response of `/2/users/get_current_account`.
#[derive(Debug, Deserialize)]
pub(crate) struct CurrentAccount {
    pub(crate) name: Name,
    pub(crate) email: String,
}

/// A person's name.
#[derive(Debug, Deserialize)]
pub(crate) struct Name {
    pub(crate) display_name: String,
}

/// One entry of `/2/files/list_folder`.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// In bytes; a folder has none.
    pub(crate) size: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Folder {
    entries: Vec<Entry>,
}

impl Dropbox {
    pub(crate) fn new(http: Client, origin: Url) -> Self {
        Self { http, origin }
    }

    /// The account to which the token belongs.
    pub(crate) async fn current_account(&self, token: &str) -> Result<CurrentAccount, reqwest::Error> {
        // A call without arguments has the JSON body `null` (Dropbox HTTP documentation, "RPC endpoints").
        self.call("/2/users/get_current_account", token, "null".to_owned()).await
    }

    /// The first page of the root folder of that person's Dropbox.
    pub(crate) async fn files(&self, token: &str) -> Result<Vec<Entry>, reqwest::Error> {
        let body = serde_json::json!({ "path": "" }).to_string();
        Ok(self.call::<Folder>("/2/files/list_folder", token, body).await?.entries)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        token: &str,
        body: String,
    ) -> Result<T, reqwest::Error> {
        let mut url = self.origin.clone();
        url.set_path(path);
        let request =
            self.http.post(url).bearer_auth(token).header(CONTENT_TYPE, "application/json").body(body);
        request.send().await?.error_for_status()?.json().await
    }
}
