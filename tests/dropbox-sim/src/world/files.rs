//! A few simulated files per user, as `files/list_folder` lists them.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A file in the root folder of a user's Dropbox.
#[derive(Debug, Clone)]
pub(crate) struct File {
    name: String,
    id: String,
    size: u32,
    rev: String,
    content_hash: String,
}

impl File {
    /// Files with these `names`, or a few that depend on the address.
    pub(crate) fn for_user(email: &str, names: Option<&[String]>) -> Vec<Self> {
        let made_up = || {
            let owner = email.split('@').next().unwrap_or("me");
            vec![
                "Getting started.pdf".to_owned(),
                "Holiday at the sea.jpg".to_owned(),
                "Knots and hitches.md".to_owned(),
                format!("Notes of {owner}.txt"),
            ]
        };
        let names = names.map_or_else(made_up, <[String]>::to_vec);
        names.into_iter().map(|name| Self::new(email, name)).collect()
    }

    fn new(email: &str, name: String) -> Self {
        let digest = Sha256::digest(format!("{email}/{name}"));
        let hex = hex::encode(digest);
        Self {
            id: format!("id:{}", &hex[..22]),
            rev: hex[22..37].to_owned(),
            size: 1_024 + u32::from(digest[0]) * 997,
            content_hash: hex,
            name,
        }
    }

    /// The entry in Dropbox's format.
    pub(crate) fn entry(&self) -> Value {
        json!({
            ".tag": "file",
            "name": self.name,
            "path_lower": format!("/{}", self.name.to_lowercase()),
            "path_display": format!("/{}", self.name),
            "id": self.id,
            "client_modified": "2026-05-12T15:50:38Z",
            "server_modified": "2026-05-12T15:50:40Z",
            "rev": self.rev,
            "size": self.size,
            "is_downloadable": true,
            "content_hash": self.content_hash,
        })
    }
}
