//! Creates tenants with a connector and two API keys each, through the server's own command line.

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::record::Tenant;
use super::rows::RARE_SCOPE;
use crate::server::Programs;

/// The number of commands that run at the same time.
const AT_ONCE: usize = 3;
/// The return URL of links, which no browser follows.
pub(crate) const RETURN_URL: &str = "https://load.example/back";

/// The connector's app key at the simulated Dropbox.
pub(crate) fn app_key(tenant: usize) -> String {
    format!("load-app-{tenant:03}")
}

/// The connector's app secret at the simulated Dropbox.
pub(crate) fn app_secret(tenant: usize) -> String {
    format!("load-secret-{tenant:03}")
}

/// Adds `count` tenants to the database that the environment names.
pub(super) async fn add(
    programs: &Programs,
    environment: &[(String, String)],
    count: u32,
) -> anyhow::Result<Vec<Tenant>> {
    let numbers = 0..usize::try_from(count)?;
    stream::iter(numbers.map(|number| one(programs, environment, number)))
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

async fn one(programs: &Programs, environment: &[(String, String)], number: usize) -> anyhow::Result<Tenant> {
    let slug = format!("load-{number:03}");
    let run = async |arguments: &[&str], input: &str| programs.command(environment, arguments, input).await;
    let added = run(&["tenant", "add", "--slug", &slug, "--name", &slug, "--json"], "").await?;
    let of = ["--tenant", slug.as_str()];
    let key = app_key(number);
    let mut connector = vec!["connector", "add", "--name", "Load", "--app-key", &key, "--app-secret-stdin"];
    connector.extend(of);
    for scope in ["account_info.read", "files.content.read", "files.metadata.read", RARE_SCOPE] {
        connector.extend(["--scope", scope]);
    }
    connector.extend(["--return-url", RETURN_URL, "--json"]);
    let connector = run(&connector, &app_secret(number)).await?;
    let api_key = async |name: &str| {
        let key = run(&["api-key", "add", "--tenant", &slug, "--name", name, "--json"], "").await?;
        anyhow::Ok((field(&key, "/id")?, field::<String>(&key, "/secret")?))
    };
    let ((key_id, key), (other_key_id, other_key)) = (api_key("load").await?, api_key("first").await?);
    Ok(Tenant {
        id: field(&added, "/id")?,
        connector: field(&connector, "/id")?,
        key_id,
        key,
        other_key_id,
        other_key,
    })
}

fn field<T: DeserializeOwned>(value: &Value, pointer: &str) -> anyhow::Result<T> {
    let found = value.pointer(pointer).with_context(|| format!("the command printed no {pointer}"))?;
    Ok(serde_json::from_value(found.clone())?)
}
