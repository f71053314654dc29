//! The settings of the demo's server, in a file for `bowline-server --config`, so that its commands work on the demo,
//! too.

use std::path::Path;

use bowline_postgres::{Cluster, SUPERUSER};
use bowline_process::Program;
use serde_json::json;

use crate::place::{key_ring, settings_file, write_private};
use crate::ports::Ports;

/// The demo's database.
pub(crate) const DATABASE: &str = "bowline";
/// The role that the migrations create for the server.
const SERVER_ROLE: &str = "bowline_server";

/// The `bowline-server` among these `programs`, with the settings of the demo at `place`.
pub(crate) fn server(programs: &Path, place: &Path) -> Program {
    Program::new(programs.join("bowline-server")).config(settings_file(place)).supervised()
}

/// The origin at which browsers call Bowline. Its host is not Acme's 127.0.0.1, so that the two are different sites, as
/// in production.
pub(crate) fn public_url(ports: Ports) -> String {
    format!("http://localhost:{}", ports.public)
}

/// The database as the server uses it.
pub(crate) fn database_url(cluster: &Cluster) -> String {
    cluster.url(SERVER_ROLE, DATABASE)
}

/// The database as its owner sees it, with the rows of all tenants.
pub(crate) fn owner_url(cluster: &Cluster) -> String {
    cluster.url(SUPERUSER, DATABASE)
}

/// Writes the settings into the demo's directory.
pub(crate) fn write(place: &Path, ports: Ports, cluster: &Cluster, dropbox_url: &str) -> anyhow::Result<()> {
    let settings = json!({
        "default": {
            "address": "127.0.0.1",
            "port": ports.public,
            "bowline": {
                "public_url": public_url(ports),
                "development": true,
                "key_ring_file": key_ring(place),
                "internal": { "port": ports.internal },
                "database": {
                    "url": database_url(cluster),
                    "owner_url": owner_url(cluster),
                },
                "dropbox": { "web_url": dropbox_url, "api_url": dropbox_url },
                // The user's own app is on this machine, and so are its webhooks.
                "webhooks": { "allow_loopback": true },
            },
        },
    });
    let text = toml::to_string(&settings)?;
    write_private(&settings_file(place), &format!("# The settings of a demo, made at its start.\n{text}"))
}
