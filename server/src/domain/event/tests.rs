//! The stored form of events does not change, and the documentation lists every event.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bowline_api::id::Id;
use type_safe_id::StaticType;
use uuid::Uuid;

use super::*;

/// The table in docs/audit-events.md.
const AUDIT_EVENTS_DOCUMENT: &str = include_str!("../../../../docs/audit-events.md");

/// Every event with its entry in the log. Old entries are read and compared by these names.
const STORED_EVENTS: &str = include_str!("stored.txt");

/// One event of each kind and shape, with an id of zeros.
fn every_event() -> Vec<Event<'static>> {
    let (connector, api_key) = (nil_id(), nil_id());
    let (link_session, manage_session, account) = (nil_id(), nil_id(), nil_id());
    let permissions: &'static [String] = Vec::leak(vec!["link".to_owned(), "token".to_owned()]);
    let (external_user_id, assurance, status) = ("user-1", Assurance::Confirmed, AccountStatus::Active);
    let metadata = Some(&*Box::leak(Box::new(Metadata::from([("plan".to_owned(), "team".to_owned())]))));
    let (reason, attempts) = ("why", 2);
    let mut events: Vec<Event<'static>> = tenant_events().into();
    events.extend([
        Event::ConnectorAdded {
            connector,
            name: "Photos",
            app_key: "key",
            completion: Completion::Tenant,
            protocol: Protocol::OAuth2,
        },
        Event::ConnectorSecretReplaced { connector },
        Event::ConnectorEdited {
            connector,
            changed: &["return_urls", "branding.logo"],
            return_urls: Some(permissions),
            scopes: None,
            completion: None,
        },
        Event::ConnectorEdited {
            connector,
            changed: &["scopes", "completion"],
            return_urls: None,
            scopes: Some(permissions),
            completion: Some(Completion::Browser),
        },
        Event::ConnectorRemoved { connector, reason, accounts: 2, new_default: Some(connector) },
        Event::ConnectorRemoved { connector, reason, accounts: 0, new_default: None },
        Event::ConnectorBroken { connector, reason },
        Event::ConnectorWorking { connector },
        Event::ConnectorDisabled { connector, reason },
        Event::ConnectorEnabled { connector, reason },
        Event::ApiKeyAdded { api_key, name: "app", permissions },
        Event::ApiKeyRevoked { api_key, name: "app" },
        Event::ApiKeyRotated { api_key, name: "app", replacement: api_key, overlap_hours: 24 },
        Event::ApiKeySuspended { api_key, reason, accounts: 1200, limit: 1000, habit: 40 },
        Event::ApiKeyResumed { api_key, reason },
        Event::LinkSessionCreated { link_session, external_user_id },
        Event::LinkSessionCompleted { link_session, account },
        Event::LinkSessionRenewed { link_session, external_user_id },
        Event::LinkSessionStarted { link_session },
        Event::LinkSessionReturned { link_session },
        Event::LinkSessionReopened { link_session, reason },
        Event::LinkSessionDenied { link_session, reason },
        Event::LinkSessionFailed { link_session, reason, cause: None },
        Event::LinkSessionFailed { link_session, reason, cause: Some("because") },
        Event::LinkSessionCancelled { link_session },
        Event::LinkSessionExpired { link_session, integrity_error: None },
        Event::LinkSessionExpired { link_session, integrity_error: Some("link_sessions.grant") },
        Event::OrphanGrantRevoked { attempts },
        Event::ManageSessionCreated { manage_session, external_user_id },
        Event::ManageSessionOpened { manage_session },
        Event::AccountLinked { account, link_session, external_user_id, assurance, status, metadata: None },
        Event::AccountRelinked { account, link_session, external_user_id, assurance, status, metadata: None },
        Event::AccountLinked { account, link_session, external_user_id, assurance, status, metadata },
        Event::AccountRelinked { account, link_session, external_user_id, assurance, status, metadata },
        Event::AccountImported { account, external_user_id, assurance, status, metadata },
        Event::AccountImportedAgain { account, external_user_id, assurance, status, metadata: None },
        Event::AccountExported { account, recipient: "age1x" },
        Event::AccountScopesChanged { account, scopes: permissions },
        Event::OldGrantRevoked { account: Some(account), attempts },
        Event::AccountInspected { account },
        Event::AccountSigned { account },
        Event::AccountNeedsReauth { account, reason, provider_request: None },
        Event::AccountNeedsReauth { account, reason, provider_request: Some("5a3f") },
        Event::AccountMigrated {
            account,
            from: connector,
            to: connector,
            provider_account_id: "dbid:x",
            reason: Some(reason),
        },
        Event::AccountRecovered { account, reason },
        Event::AccountSuspended { account, reason, accounts: Some(2), along_with: None },
        Event::AccountSuspended { account, reason, accounts: None, along_with: Some(account) },
        Event::AccountResumed { account, reason, accounts: Some(0), along_with: None },
        Event::AccountResumed { account, reason, accounts: None, along_with: Some(account) },
        Event::AccountRevoked { account, reason, job: None },
        Event::AccountRevoked { account, reason, job: Some(nil_id()) },
        Event::AccountRevokedAtProvider { account: Some(account), attempts },
        Event::RevocationGivenUp { account: Some(account), attempts, reason },
        Event::AccountGrantLost { account, reason },
        Event::JobPrepared { job: nil_id(), kind: JobKind::RevokeAccounts, accounts: 3, reason },
        Event::JobConfirmed { job: nil_id(), accounts: 3 },
        Event::JobApproved { job: nil_id(), accounts: 3 },
        Event::JobStopped { job: nil_id(), done: 1, accounts: 3, reason },
        Event::JobRetried { job: nil_id(), accounts: 2 },
        Event::JobFinished { job: nil_id(), done: 2, failed: 1 },
    ]);
    events.extend(webhook_events());
    events.extend(operator_events());
    events.extend(std::iter::once(Event::AuditSignedOver { entries: 7 }).chain(integrity_errors()));
    events
}

/// One event of each kind and shape about a tenant as a whole.
fn tenant_events() -> [Event<'static>; 9] {
    let (tenant, api_key, reason) = (nil_id(), nil_id(), "why");
    [
        Event::TenantAdded { tenant, slug: "acme", name: "Acme", sandbox: None },
        Event::TenantAdded { tenant, slug: "acme", name: "Acme", sandbox: Some(true) },
        Event::TenantFrozen { tenant, reason },
        Event::TenantThawed { tenant, reason },
        Event::DrainStopChanged { tenant, enabled: true, times: 10, least: 1000, reason },
        Event::MassFetchAnnounced { tenant, minutes: 60, reason, api_key: None },
        Event::MassFetchAnnounced { tenant, minutes: 60, reason, api_key: Some(api_key) },
        Event::GrantsImported { tenant, imported: 9, refused: 1 },
        Event::GrantsExported { tenant, exported: 9, recipient: "age1x" },
    ]
}

/// One event of each kind and shape about webhooks.
fn webhook_events() -> [Event<'static>; 11] {
    let webhook_endpoint = nil_id();
    let events: &'static [String] = Vec::leak(vec!["account.linked".to_owned()]);
    let url = "https://hooks.acme.example/";
    let since = Some(DateTime::UNIX_EPOCH);
    [
        Event::WebhookEndpointAdded { webhook_endpoint, url, events, connector: None },
        Event::WebhookEndpointAdded { webhook_endpoint, url, events, connector: Some(nil_id()) },
        Event::WebhookEndpointEdited {
            webhook_endpoint,
            url: Some(url),
            events: Some(events),
            connector: None,
        },
        Event::WebhookEndpointEdited { webhook_endpoint, url: None, events: None, connector: Some("none") },
        Event::WebhookSecretRotated { webhook_endpoint, overlap_hours: 24 },
        Event::WebhookEndpointDisabled { webhook_endpoint, reason: "gone" },
        Event::WebhookEndpointEnabled { webhook_endpoint },
        Event::WebhookEndpointRemoved { webhook_endpoint },
        Event::WebhookEndpointTested { webhook_endpoint },
        Event::WebhooksResent { webhook_endpoint, events: 2, since, event: None },
        Event::WebhooksResent { webhook_endpoint, events: 1, since: None, event: Some(nil_id()) },
    ]
}

/// One event of each kind and shape about operators.
fn operator_events() -> [Event<'static>; 22] {
    let (operator, ended_sessions, address) = (nil_id(), 1, IpAddr::from([192, 0, 2, 1]));
    let tenants: &'static [String] = Vec::leak(vec!["tenant_1".to_owned()]);
    [
        Event::OperatorAdded { operator, name: "root", role: Role::Admin },
        Event::OperatorPasswordChanged { operator, ended_sessions },
        Event::OperatorRoleChanged { operator, role: Role::Viewer, ended_sessions },
        Event::OperatorTenantsChanged { operator, tenants: Some(tenants), ended_sessions },
        Event::OperatorTenantsChanged { operator, tenants: None, ended_sessions },
        Event::OperatorDisabled { operator, ended_sessions },
        Event::OperatorEnabled { operator },
        Event::OperatorLoggedIn { operator, session: nil_id(), address, by: None },
        Event::OperatorLoggedIn { operator, session: nil_id(), address, by: Some("single_sign_on") },
        Event::OperatorSignOnRefused {
            operator: Some(operator),
            reason: "no_group",
            address,
            user: Some("248289761001"),
            ended_sessions: Some(2),
        },
        Event::OperatorSignOnRefused {
            operator: None,
            reason: "untrusted",
            address,
            user: None,
            ended_sessions: None,
        },
        Event::OperatorSignedOnFirst {
            operator,
            name: "ada",
            role: Role::Operator,
            tenants: Some(tenants),
            issuer: "https://login.example.com",
            user: "248289761001",
        },
        Event::OperatorSessionEnded { operator, session: nil_id() },
        Event::OperatorSessionsEnded { operator, ended_sessions },
        Event::OperatorLoggedOut {},
        Event::OperatorLoginFailed { operator: None, address, failures: 1, name: None, wrong: None },
        Event::OperatorLoginFailed {
            operator: Some(operator),
            address,
            failures: 1,
            name: Some("root"),
            wrong: Some("code"),
        },
        Event::OperatorTotpEnrolled { operator, ended_sessions },
        Event::OperatorTotpRemoved { operator },
        Event::OperatorTotpReset { operator, ended_sessions },
        Event::OperatorRecoveryCodeUsed { operator, left: 9 },
        Event::OperatorRecoveryCodesReplaced { operator },
    ]
}

/// One event for each subject that can fail an integrity check.
fn integrity_errors() -> impl Iterator<Item = Event<'static>> {
    let about = [
        About::Tenant(nil_id()),
        About::Connector(nil_id()),
        About::WebhookEndpoint(nil_id()),
        About::LinkSession(nil_id()),
        About::ManageSession(nil_id()),
        About::Account(nil_id()),
        About::Revocation(nil_id()),
        About::Operator(nil_id()),
        About::AuditLog(None),
        About::AuditLog(Some(nil_id())),
    ];
    about.into_iter().map(|about| Event::integrity_error("table.column", about))
}

fn nil_id<Kind: StaticType>() -> Id<Kind> {
    Uuid::nil().into()
}

#[test]
fn what_is_stored_of_an_event_stays_as_it_is() {
    let mut found = String::new();
    for event in every_event() {
        let subject = event.subject().unwrap_or_else(|| "-".to_owned());
        writeln!(found, "{} {subject} {}", event.action(), Value::Object(event.detail())).unwrap();
    }
    assert_eq!(found, STORED_EVENTS, "found:\n{found}");
    let stored: BTreeSet<&str> = every_event().iter().map(Event::action).collect();
    assert_eq!(stored, documented_actions(), "an event is missing in this test");
}

#[test]
fn each_action_has_one_event() {
    assert_eq!(documented_actions().len(), DESCRIBED.len());
}

#[test]
fn the_document_lists_the_events_that_there_are() {
    let code = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut table = String::new();
    for (action, subject, details, meaning) in DESCRIBED {
        let (subject, details) = (subject.join("").replace('_', " "), code(details));
        writeln!(table, "| `{action}` | {subject} | {details} |{meaning} |").unwrap();
    }
    let (_, listed) = AUDIT_EVENTS_DOCUMENT.split_once("|---|---|---|---|\n").unwrap();
    let listed = listed.split("\n\n").next().unwrap().trim_end();
    assert_eq!(listed, table.trim_end(), "found:\n{table}");
}

#[test]
fn no_document_names_an_event_that_is_not_there() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let nouns: BTreeSet<&str> =
        documented_actions().iter().filter_map(|action| action.split('.').next()).collect();
    let mut named = 0;
    for folder in [docs.clone(), docs.join("runbooks")] {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for code in text.split('`').skip(1).step_by(2) {
                let Some((noun, rest)) = code.split_once('.') else { continue };
                // `revocation.rs` is a file.
                if nouns.contains(noun)
                    && rest != "rs"
                    && rest.bytes().all(|b| b == b'_' || b.is_ascii_lowercase())
                {
                    let is_known = documented_actions().contains(code)
                        || TenantEvent::ALL.iter().any(|kind| kind.as_str() == code);
                    assert!(is_known, "{}: {code}", path.display());
                    named += 1;
                }
            }
        }
    }
    assert!(named > DESCRIBED.len(), "the documents were not read");
}

#[test]
fn every_type_that_tenants_are_told_of_has_an_event() {
    let told: BTreeSet<_> = Event::TOLD.iter().collect();
    assert_eq!(told, TenantEvent::ALL.iter().collect());
}

/// What operators write is for operators. A reason in a message is a code.
#[test]
fn tenants_are_told_no_words_of_an_operator() {
    let coded = [
        TenantEvent::AccountNeedsReauth,
        TenantEvent::AccountRecovered,
        TenantEvent::ConnectorBroken,
        TenantEvent::LinkSessionDenied,
        TenantEvent::LinkSessionFailed,
    ];
    for told in every_event().iter().filter_map(Event::told) {
        for (name, _) in told.details {
            let is_safe = ["account", "link_session", "scopes"].contains(&name)
                || (name == "reason" && coded.contains(&told.kind));
            assert!(is_safe, "{} has {name}", told.kind);
        }
    }
}

fn documented_actions() -> BTreeSet<&'static str> {
    DESCRIBED.iter().map(|(action, ..)| *action).collect()
}
