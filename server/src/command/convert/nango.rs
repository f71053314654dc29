//! Connections of Nango, as its API and its table have them: see docs/moving.md for where in Nango's repository their form is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::converted::{Converted, Source, open};
use super::sealed_row::Key;
use crate::service::moving::GrantRecord;

/// The arguments of `convert nango`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Only the connections of this integration of Nango (`provider_config_key`).
    #[arg(long, value_name = "KEY")]
    integration: Option<String>,
    /// What is the tenant's own name for its user.
    #[arg(long, value_enum, default_value_t = User::EndUser)]
    user: User,
    /// File with Nango's encryption key (the variable `NANGO_ENCRYPTION_KEY`), for rows of its table whose credentials are encrypted.
    #[arg(long, value_name = "FILE")]
    encryption_key_file: Option<PathBuf>,
}

/// Where Nango has the tenant's own name for its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum User {
    /// The id of the end user, or else the tag `end_user_id`.
    EndUser,
    /// The id of the connection.
    ConnectionId,
}

/// A connection. Members that are not needed are ignored.
#[derive(Deserialize)]
struct Connection {
    #[serde(rename = "connection_id")]
    id: String,
    #[serde(default)]
    provider_config_key: Option<String>,
    /// Rows of the table have none.
    #[serde(default)]
    provider: Option<String>,
    #[serde(default)]
    end_user: Option<EndUser>,
    #[serde(default)]
    tags: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, Value>>,
    credentials: Value,
    #[serde(default)]
    credentials_iv: Option<String>,
    #[serde(default)]
    credentials_tag: Option<String>,
    /// Only rows that are deleted have it.
    #[serde(default)]
    deleted_at: Option<String>,
}

#[derive(Deserialize)]
struct EndUser {
    id: Value,
    #[serde(default, alias = "displayName")]
    display_name: Option<String>,
}

/// The credentials of an OAuth 2 connection.
#[derive(Deserialize)]
struct Credentials {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    refresh_token: Option<SecretString>,
    #[serde(default)]
    raw: Option<Raw>,
    #[serde(default)]
    config_override: Option<Override>,
}

/// What Dropbox answered when the code was exchanged.
#[derive(Default, Deserialize)]
struct Raw {
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    account_id: Option<String>,
}

#[derive(Deserialize)]
struct Override {
    #[serde(default)]
    client_id: Option<String>,
}

/// Converts connections: one JSON object after the other, or arrays of them.
pub(super) fn convert(arguments: &Arguments, output: &mut Converted) -> anyhow::Result<()> {
    let key = arguments.encryption_key_file.as_deref().map(Key::read).transpose()?;
    let source = open(&arguments.source.file)?;
    let mut number = 0_u64;
    for value in serde_json::Deserializer::from_reader(source).into_iter::<Value>() {
        // The parser's message repeats nothing of the text.
        let value = value.with_context(|| format!("after connection {number}"))?;
        let all = match value {
            Value::Array(all) => all,
            one => vec![one],
        };
        for one in all {
            number += 1;
            match grant(one, arguments, key.as_ref()) {
                Ok(Some(grant)) => output.grant(&grant)?,
                Ok(None) => {}
                Err(why) => output.leave_out(&format!("connection {number}"), why),
            }
        }
    }
    Ok(())
}

/// The grant of a connection. None if it is another integration's.
fn grant(
    connection: Value,
    arguments: &Arguments,
    key: Option<&Key>,
) -> Result<Option<GrantRecord>, &'static str> {
    let connection: Connection = serde_json::from_value(connection)
        .map_err(|_| "it does not have the form of a connection of Nango")?;
    let is_other = match (&arguments.integration, &connection.provider) {
        (Some(wanted), _) => connection.provider_config_key.as_ref() != Some(wanted),
        (None, Some(provider)) => provider != "dropbox",
        (None, None) => false,
    };
    if is_other || connection.deleted_at.is_some() {
        return Ok(None);
    }
    let credentials = credentials(&connection, key)?;
    if credentials.kind != "OAUTH2" {
        return Err("its credentials are not of the type OAUTH2");
    }
    let refresh_token = credentials.refresh_token.ok_or(
        "it has no refresh token: ask Nango's API with refresh_token=true, and see whether its integration asks for offline access",
    )?;
    let end_user = connection.end_user.as_ref();
    let user = match arguments.user {
        User::ConnectionId => Some(connection.id.clone()),
        User::EndUser => {
            let tag = connection.tags.as_ref().and_then(|tags| tags.get("end_user_id"));
            end_user.map(|user| &user.id).or(tag).and_then(text)
        }
    };
    let user =
        user.ok_or("it has no end user; use --user connection-id if its id is your name for the user")?;
    let raw = credentials.raw.unwrap_or_default();
    let metadata: BTreeMap<String, String> = connection
        .metadata
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
        .collect();
    let scopes = raw.scope.map(|scope| scope.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    Ok(Some(GrantRecord {
        external_user_id: Some(user),
        refresh_token: Some(refresh_token),
        app_key: credentials.config_override.and_then(|wanted| wanted.client_id),
        provider_account_id: raw.account_id,
        scopes: scopes.filter(|scopes| !scopes.is_empty()),
        user_label: end_user.and_then(|user| user.display_name.clone()),
        metadata: Some(metadata).filter(|metadata| !metadata.is_empty()),
        ..GrantRecord::default()
    }))
}

fn credentials(connection: &Connection, key: Option<&Key>) -> Result<Credentials, &'static str> {
    let Some(sealed) = connection.credentials.get("encrypted_credentials").and_then(Value::as_str) else {
        let plain = Credentials::deserialize(&connection.credentials);
        return plain.map_err(|_| "its credentials do not have the form of Nango's");
    };
    let key = key.ok_or("its credentials are encrypted; give the key by --encryption-key-file")?;
    let (Some(iv), Some(tag)) = (&connection.credentials_iv, &connection.credentials_tag) else {
        return Err("its credentials are encrypted, and credentials_iv or credentials_tag is missing");
    };
    let opened = key.open(sealed, iv, tag).ok_or("its credentials do not open with this key")?;
    serde_json::from_slice(&opened).map_err(|_| "its credentials do not have the form of Nango's")
}

/// The id of an end user is a text in the API, and some have numbers.
fn text(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use serde_json::json;

    use super::*;

    fn arguments(user: User) -> Arguments {
        let source = Source { file: "-".into() };
        Arguments { source, integration: None, user, encryption_key_file: None }
    }

    /// What `GET /connections/{connectionId}` answers, with the members that its types name.
    fn connection() -> Value {
        json!({
            "id": 18, "connection_id": "conn-1", "provider_config_key": "dropbox-files", "provider": "dropbox",
            "errors": [], "end_user": {
                "id": "user-1", "display_name": "Ada", "email": "ada@acme.example", "tags": {}, "organization": null
            },
            "tags": { "end_user_id": "of-tag" }, "metadata": { "plan": "team", "seats": 3 },
            "connection_config": {}, "webhook_url_override": null,
            "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-02T00:00:00.000Z", "last_fetched_at": null,
            "credentials": {
                "type": "OAUTH2", "access_token": "sl.x", "refresh_token": "refresh-1",
                "expires_at": "2026-01-02T04:00:00.000Z",
                "raw": {
                    "access_token": "sl.x", "token_type": "bearer", "expires_in": 14400, "refresh_token": "refresh-1",
                    "scope": "account_info.read files.content.read", "uid": "1", "account_id": "dbid:x"
                }
            }
        })
    }

    fn converted(value: Value, user: User) -> Result<Option<GrantRecord>, &'static str> {
        grant(value, &arguments(user), None)
    }

    #[test]
    fn a_connection_of_the_api_becomes_a_grant() {
        let grant = converted(connection(), User::EndUser).unwrap().unwrap();
        assert_eq!(grant.external_user_id.as_deref(), Some("user-1"));
        assert_eq!(grant.refresh_token.unwrap().expose_secret(), "refresh-1");
        assert_eq!(grant.provider_account_id.as_deref(), Some("dbid:x"));
        assert_eq!(grant.scopes.unwrap(), ["account_info.read", "files.content.read"]);
        assert_eq!(grant.user_label.as_deref(), Some("Ada"));
        assert_eq!(grant.metadata.unwrap(), BTreeMap::from([("plan".to_owned(), "team".to_owned())]));
        assert!(grant.app_key.is_none() && grant.connector.is_none() && grant.assurance.is_none());
        let by_connection = converted(connection(), User::ConnectionId).unwrap().unwrap();
        assert_eq!(by_connection.external_user_id.as_deref(), Some("conn-1"));
    }

    #[test]
    fn other_providers_are_skipped_and_what_is_missing_is_said() {
        let mut other = connection();
        other["provider"] = json!("github");
        assert!(converted(other, User::EndUser).unwrap().is_none());
        let mut tagged = connection();
        tagged["end_user"] = Value::Null;
        let grant = converted(tagged.clone(), User::EndUser).unwrap().unwrap();
        assert_eq!(grant.external_user_id.as_deref(), Some("of-tag"));
        tagged["tags"] = Value::Null;
        assert!(converted(tagged, User::EndUser).err().unwrap().contains("--user"));
        let mut without = connection();
        without["credentials"].as_object_mut().unwrap().remove("refresh_token");
        assert!(converted(without, User::EndUser).err().unwrap().contains("refresh_token=true"));
        let mut basic = connection();
        basic["credentials"] = json!({ "type": "BASIC", "username": "x", "password": "y" });
        assert!(converted(basic, User::EndUser).err().unwrap().contains("OAUTH2"));
        let mut sealed = connection();
        sealed["credentials"] = json!({ "encrypted_credentials": "AAAA" });
        assert!(converted(sealed, User::EndUser).err().unwrap().contains("--encryption-key-file"));
        assert!(converted(json!("SECRET"), User::EndUser).is_err());
    }
}
