//! Accounts, tenants and events as the admin API returns them, identical in every run.

use std::collections::BTreeMap;

use bowline::client::Answer;
use bowline_api::admin::{
    AccountDetail, AccountSummary, Actor, ApiKey, ApiKeySuspension, AuditEvent, Branding, Connector,
    DrainStop, Job, JobDetail, JobItem, LoginMethods, NewApiKey, NewSession, Operator, OperatorSession,
    SingleSignOn, Tenant, TokenFacts, TokenHolder, TokenHolders,
};
use bowline_api::page::Total;
use bowline_api::status::{
    AccountStatus, Assurance, Completion, ConnectorStatus, JobItemState, JobKind, JobState, Permission,
    Protocol, Role,
};
use bowline_api::v1::Account;
use bowline_api::{AccountId, Page};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// 2026-11-23 18:25:07Z, the time at which all tests run.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_458_307, 0).unwrap()
}

fn uuid(n: u64) -> Uuid {
    // The multiplication spreads the digits, so that short ids differ as real ones do.
    Uuid::from_u128(
        0x0193_5a00_0000_7000_8000_0000_0000_0000 | (u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 2),
    )
}

pub(crate) fn account_id(n: u64) -> AccountId {
    AccountId::from(uuid(n))
}

pub(crate) fn tenant(n: u64, slug: &str, name: &str) -> Tenant {
    Tenant {
        id: uuid(900 + n).into(),
        slug: slug.into(),
        name: name.into(),
        sandbox: false,
        created_at: now() - TimeDelta::days(400),
        frozen: None,
        drain_stop: None,
    }
}

/// Two tenants; the second one has an automatic stop and has announced a mass fetch.
pub(crate) fn tenants() -> Vec<Tenant> {
    let announced_until = Some(now() + TimeDelta::hours(1));
    let stop = DrainStop { enabled: true, times: 10, least: 1000, announced_until, announced_key: None };
    let globex = Tenant { drain_stop: Some(stop), ..tenant(2, "globex", "Globex Corporation") };
    vec![tenant(1, "acme", "Acme Photos"), globex]
}

const PEOPLE: [(&str, &str); 7] = [
    ("ada@acme.example", "Ada Lovelace"),
    ("grace@acme.example", "Grace Hopper"),
    ("katherine.johnson@globex.example", "Katherine Johnson"),
    ("edsger@globex.example", "Edsger Dijkstra"),
    ("山田@acme.example", "山田 太郎"),
    ("barbara@globex.example", "Barbara Liskov"),
    ("alan@acme.example", "Alan Turing"),
];

/// The n-th account; states, tenants and ages repeat in cycles.
pub(crate) fn summary(n: u64) -> AccountSummary {
    let at = usize::try_from(n).unwrap();
    let (email, display_name) = PEOPLE[at % PEOPLE.len()];
    let status = AccountStatus::ALL[[0, 0, 1, 0, 2, 0, 3, 4][at % 8]];
    let whose = &tenants()[usize::from(email.contains("globex"))];
    let age = TimeDelta::hours(5 + 31 * i64::try_from(n).unwrap());
    AccountSummary {
        tenant_id: whose.id,
        tenant: whose.slug.clone(),
        connector_name: Some("Acme Photos".into()),
        account: Account {
            id: account_id(n),
            external_user_id: format!("user-{n}"),
            user_label: None,
            metadata: BTreeMap::new(),
            connector_id: uuid(800).into(),
            provider: "dropbox".into(),
            sandbox: false,
            protocol: Protocol::OAuth2.into(),
            provider_account_id: format!("dbid:AAH{n}"),
            email: email.into(),
            display_name: display_name.into(),
            status: status.into(),
            status_reason: (status == AccountStatus::NeedsReauth).then(|| "grant_revoked".into()),
            scopes: ["account_info.read", "files.metadata.read", "files.content.read"]
                .map(Into::into)
                .to_vec(),
            missing_scopes: if n % 3 == 2 { vec!["files.content.write".into()] } else { Vec::new() },
            assurance: if n % 5 == 2 { Assurance::Browser } else { Assurance::Confirmed }.into(),
            linked_at: now() - age * 4,
            updated_at: now() - age,
            last_used_at: (n % 4 != 3).then(|| now() - age / 2),
        },
    }
}

pub(crate) fn detail(n: u64) -> AccountDetail {
    detail_of(summary(n))
}

pub(crate) fn detail_of(summary: AccountSummary) -> AccountDetail {
    let dead =
        matches!(summary.account.status.known(), Some(AccountStatus::Revoked | AccountStatus::Revoking));
    AccountDetail {
        connector: "Acme Photos".into(),
        token: (!dead).then(|| TokenFacts {
            generation: 12,
            access_expires_at: Some(now() + TimeDelta::minutes(221)),
            refreshed_at: now() - TimeDelta::minutes(19),
            fingerprint: "7f3a90c2".into(),
            holders: 2,
            last_error: None,
        }),
        revocation: None,
        condition: None,
        freeze: None,
        summary,
    }
}

pub(crate) fn operator(role: Role) -> Operator {
    Operator {
        id: uuid(700).into(),
        name: "ops-1".into(),
        role: role.into(),
        created_at: now() - TimeDelta::days(30),
        disabled_at: None,
        totp_since: None,
        tenants: None,
        issuer: None,
    }
}

/// How operators log in at a server with an identity provider.
pub(crate) fn login_methods() -> LoginMethods {
    let issuer = "https://login.example".to_owned();
    LoginMethods { passwords: false, single_sign_on: Some(SingleSignOn { issuer, device: Some(true) }) }
}

/// The session of an operator who has logged in at the identity provider, which calls them something else.
pub(crate) fn signed_on(role: Role) -> NewSession {
    let mut session = session(role);
    session.operator.name = "ada.lovelace".into();
    session.operator.issuer = Some("https://login.example".into());
    session
}

pub(crate) fn operator_sessions() -> Vec<OperatorSession> {
    let one = |n: u64, is_current, address: Option<&str>| OperatorSession {
        id: uuid(710 + n).into(),
        created_at: now() - TimeDelta::hours(2),
        last_used_at: now() - TimeDelta::minutes(1),
        expires_at: now() + TimeDelta::hours(6),
        address: address.map(ToOwned::to_owned),
        client: address.map(|_| "bowline/0.1.0".to_owned()),
        is_current,
    };
    vec![one(1, true, Some("192.0.2.1")), one(2, false, None)]
}

pub(crate) fn session(role: Role) -> NewSession {
    NewSession {
        token: "bwl_op_CANARY".into(),
        expires_at: now() + TimeDelta::hours(8),
        operator: operator(role),
    }
}

pub(crate) fn event(n: u64, action: &str, detail: &serde_json::Value) -> AuditEvent {
    AuditEvent {
        id: uuid(600 + n).into(),
        tenant_id: Some(tenants()[0].id),
        sequence: i64::try_from(n).unwrap(),
        at: now() - TimeDelta::minutes(7 * i64::try_from(n).unwrap()),
        actor: if n.is_multiple_of(2) {
            Actor { kind: "operator".into(), id: Some("op_x".into()), name: Some("ops-1".into()) }
        } else {
            Actor { kind: "system".into(), id: None, name: None }
        },
        action: action.into(),
        subject: Some(account_id(0).to_string()),
        detail: detail.as_object().cloned().unwrap_or_default(),
    }
}

pub(crate) fn events() -> Vec<AuditEvent> {
    vec![
        event(1, "token.refreshed", &serde_json::json!({ "generation": 12 })),
        event(2, "account.inspected", &serde_json::json!({})),
        event(3, "account.linked", &serde_json::json!({ "assurance": "confirmed" })),
    ]
}

/// One page of a list with this many accounts; cursors are row numbers.
pub(crate) fn account_page(total: u64, cursor: Option<&str>, limit: u32) -> Page<AccountSummary> {
    let from: u64 = cursor.map_or(0, |c| c.parse().unwrap());
    let to = (from + u64::from(limit)).min(total);
    Page {
        items: (from..to).map(summary).collect(),
        next: (to < total).then(|| to.to_string()),
        prev: (from > 0).then(|| from.saturating_sub(u64::from(limit)).to_string()),
        total: Some(Total { count: total, approximate: total > 1000 }),
        unknown_state: Vec::new(),
        incomplete: false,
    }
}

pub(crate) fn connector(n: u64, status: ConnectorStatus) -> Connector {
    Connector {
        id: uuid(800 + n).into(),
        tenant_id: tenants()[0].id,
        name: format!("Acme Photos {n}"),
        provider: "dropbox".into(),
        sandbox: false,
        protocol: Protocol::OAuth2.into(),
        oauth1_service: None,
        app_key: format!("appkey{n}"),
        scopes: vec!["account_info.read".into()],
        return_urls: vec!["https://photos.acme.example/linked".into()],
        callback_url: "https://link.example/callback/acme".into(),
        notice_url: Some("https://link.example/notices/acme".into()),
        completion: Completion::Tenant.into(),
        confirm_page: true,
        status: status.into(),
        status_reason: (status == ConnectorStatus::Broken)
            .then(|| "invalid_client: the secret is wrong".into()),
        is_default: n == 0,
        branding: Branding::default(),
        created_at: now() - TimeDelta::days(300),
    }
}

pub(crate) fn connectors() -> Vec<Connector> {
    vec![connector(0, ConnectorStatus::Broken), connector(1, ConnectorStatus::Active)]
}

pub(crate) fn api_key(n: u64) -> ApiKey {
    ApiKey {
        id: uuid(850 + n).into(),
        name: format!("backend-{n}"),
        permissions: Permission::ALL.iter().copied().map(Into::into).collect(),
        created_at: now() - TimeDelta::days(10),
        expires_at: None,
        revoked_at: (n == 2).then(|| now() - TimeDelta::days(1)),
        suspended: (n == 3).then(|| ApiKeySuspension {
            since: now() - TimeDelta::hours(2),
            reason: "it fetched the tokens of far more accounts than it is used to".into(),
        }),
        last_used_on: (n != 1).then(|| now().date_naive()),
    }
}

pub(crate) fn new_api_key(name: &str) -> NewApiKey {
    NewApiKey { key: ApiKey { name: name.to_owned(), ..api_key(7) }, secret: "bwl_sk_CANARY".into() }
}

pub(crate) fn api_keys() -> Vec<ApiKey> {
    (0..4).map(api_key).collect()
}

/// Two API keys that have received the token; the second one is revoked by now.
pub(crate) fn holders(account: AccountId) -> TokenHolders {
    let holder = |key: ApiKey, hours: i64, issues| TokenHolder {
        api_key: key,
        first_issued_at: now() - TimeDelta::hours(hours * 20),
        last_issued_at: now() - TimeDelta::hours(hours),
        issues,
        approximate: false,
    };
    TokenHolders {
        account_id: account,
        generation: Some(12),
        current: true,
        fingerprint: Some("7f3a90c2".into()),
        items: vec![holder(api_key(0), 3, 412), holder(api_key(2), 30, 1)],
        more: false,
    }
}

/// A job for this many accounts, in this state.
pub(crate) fn job(state: JobState, total: u64, done: u64, failed: u64) -> JobDetail {
    JobDetail {
        job: Job {
            id: uuid(870).into(),
            kind: JobKind::RevokeAccounts.into(),
            state: state.into(),
            tenant_id: tenants()[0].id,
            tenant: "acme".into(),
            reason: "stale, ticket 4711".into(),
            filter: None,
            total,
            done,
            failed,
            confirm: (state == JobState::Prepared)
                .then(|| format!("revoke {total} account{} of acme", if total == 1 { "" } else { "s" })),
            created_at: now() - TimeDelta::minutes(2),
            created_by: "ops-1".into(),
            expires_at: now() + TimeDelta::minutes(58),
            confirmed_at: None,
            approved_by: None,
            finished_at: None,
        },
        sample: (0..10).map(summary).collect(),
        pending_at_provider: 0,
    }
}

pub(crate) fn job_items(state: JobItemState, count: u64) -> Page<JobItem> {
    let item = |n| JobItem {
        account_id: account_id(n),
        state: state.into(),
        error: (state == JobItemState::Failed).then(|| "invalid_state".to_owned()),
    };
    page((0..count).map(item).collect())
}

pub(crate) fn page<T>(items: Vec<T>) -> Page<T> {
    Page { items, next: None, prev: None, total: None, unknown_state: Vec::new(), incomplete: false }
}

pub(crate) fn events_answer() -> Answer {
    Answer::Events(page(events()))
}
