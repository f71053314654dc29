//! What webhooks tell a tenant of an event: the message's type, its subject, and the body in the form of Standard Webhooks.

use bowline_api::v1::TenantEvent;
use bowline_api::{AccountId, ConnectorId, EventId, LinkSessionId, WebhookEndpointId};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// An event that a tenant is told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The type.
    pub kind: TenantEvent,
    /// The id of its subject on the wire.
    pub subject: String,
    /// Its own details; never a secret.
    pub details: Vec<(&'static str, Value)>,
}

/// What an event that a tenant is told of is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the nouns")]
pub enum Subject {
    Account(AccountId),
    LinkSession(LinkSessionId),
    Connector(ConnectorId),
    /// Only this endpoint is told.
    Endpoint(WebhookEndpointId),
}

/// What the database knows about a subject after the change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubjectFacts {
    /// The connector that the event belongs to.
    pub connector: Option<Uuid>,
    /// The tenant's name for its user.
    pub external_user_id: Option<String>,
    /// The provider's id of the account.
    pub provider_account_id: Option<String>,
    /// The status.
    pub status: Option<String>,
    /// Why it has this status, unless the event itself says so: a code, never what an operator wrote.
    pub reason: Option<String>,
    /// Scopes that were asked for and not granted.
    pub missing_scopes: Option<Vec<String>>,
    /// The place of the event among those of the account.
    pub number: Option<i64>,
    /// Whether the tenant is a sandbox.
    pub sandbox: bool,
}

impl Told {
    /// The subject. None if it is of a noun that tenants are not told of.
    pub fn subject(&self) -> Option<Subject> {
        let id = self.subject.as_str();
        id.parse()
            .map(Subject::Account)
            .or_else(|_| id.parse().map(Subject::LinkSession))
            .or_else(|_| id.parse().map(Subject::Connector))
            .or_else(|_| id.parse().map(Subject::Endpoint))
            .ok()
    }

    /// The body of the message: `type`, `timestamp` and `data`, which has the ids, the status and the event's own details.
    pub fn body(&self, id: EventId, at: DateTime<Utc>, subject: Subject, facts: &SubjectFacts) -> String {
        let named = match subject {
            Subject::Account(_) => "account_id",
            Subject::LinkSession(_) => "link_session_id",
            Subject::Connector(_) => "connector_id",
            Subject::Endpoint(_) => "webhook_endpoint_id",
        };
        let mut data = Map::from_iter([(named.to_owned(), json!(self.subject))]);
        let known = [
            ("connector_id", json!(facts.connector.map(ConnectorId::from))),
            ("external_user_id", json!(facts.external_user_id)),
            ("provider_account_id", json!(facts.provider_account_id)),
            ("status", json!(facts.status)),
            ("reason", json!(facts.reason)),
            ("missing_scopes", json!(facts.missing_scopes.as_ref().filter(|scopes| !scopes.is_empty()))),
            ("number", json!(facts.number)),
        ];
        let own = self.details.iter().map(|(name, value)| (wire_name(name), value.clone()));
        for (name, value) in known.into_iter().chain(own).filter(|(_, value)| !value.is_null()) {
            data.insert(name.to_owned(), value);
        }
        let timestamp = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut body = json!({ "type": self.kind, "id": id, "timestamp": timestamp, "data": data });
        if facts.sandbox {
            body["sandbox"] = json!(true);
        }
        body.to_string()
    }
}

/// The name of a detail in `/v1`, where ids say so.
fn wire_name(name: &'static str) -> &'static str {
    match name {
        "link_session" => "link_session_id",
        "account" => "account_id",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::Event;

    use super::*;

    fn nil<T: From<Uuid>>() -> T {
        Uuid::nil().into()
    }

    #[test]
    fn a_message_has_ids_status_and_reason() {
        let account: AccountId = nil();
        let (reason, provider_request) = ("refresh_token_revoked", None);
        let told = Event::AccountNeedsReauth { account, reason, provider_request }.told().unwrap();
        let facts = SubjectFacts {
            connector: Some(Uuid::nil()),
            external_user_id: Some("user-1".to_owned()),
            provider_account_id: Some("dbid:x".to_owned()),
            status: Some("needs_reauth".to_owned()),
            reason: Some("as the row says".to_owned()),
            missing_scopes: Some(Vec::new()),
            number: Some(7),
            sandbox: false,
        };
        let body = told.body(nil(), DateTime::UNIX_EPOCH, told.subject().unwrap(), &facts);
        let body: Value = serde_json::from_str(&body).unwrap();
        let expected = json!({
            "type": "account.needs_reauth",
            "id": EventId::from(Uuid::nil()),
            "timestamp": "1970-01-01T00:00:00.000000Z",
            "data": {
                "account_id": account,
                "connector_id": ConnectorId::from(Uuid::nil()),
                "external_user_id": "user-1",
                "provider_account_id": "dbid:x",
                "status": "needs_reauth",
                "reason": "refresh_token_revoked",
                "number": 7,
            },
        });
        assert_eq!(body, expected);
        let facts = SubjectFacts { sandbox: true, ..facts };
        let body = told.body(nil(), DateTime::UNIX_EPOCH, told.subject().unwrap(), &facts);
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["sandbox"], true);
    }

    #[test]
    fn each_subject_is_named_and_what_operators_do_is_not_told() {
        let subject = |event: Event<'_>| event.told().and_then(|told| told.subject());
        assert_eq!(subject(Event::ConnectorWorking { connector: nil() }), Some(Subject::Connector(nil())));
        assert_eq!(
            subject(Event::LinkSessionStarted { link_session: nil() }),
            Some(Subject::LinkSession(nil()))
        );
        assert_eq!(
            subject(Event::WebhookEndpointTested { webhook_endpoint: nil() }),
            Some(Subject::Endpoint(nil()))
        );
        let changed = Event::AccountChanged { account: nil() };
        assert_eq!(subject(changed), Some(Subject::Account(nil())));
        assert!(!changed.is_logged() && Event::AccountInspected { account: nil() }.is_logged());
        assert!(Event::AccountInspected { account: nil() }.told().is_none());
        assert!(Event::OperatorLoggedOut {}.told().is_none());
    }
}
