//! Lets a person of the identity provider in: as a new operator, or as the one that they are, with the role that their groups give now.

use std::net::IpAddr;

use bowline_api::TenantId;
use bowline_api::admin::NewSession;
use bowline_provider::openid::Identity;
use uuid::Uuid;

use super::failure::Refused;
use super::grant;
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Actor, Code, Error, Event, Result, entropy};
use crate::service::operator::opened::{self, LoginOrigin};
use crate::service::tenant;
use crate::settings::SignOn;
use crate::store::PlatformTx;
use crate::store::operators::OperatorRow;
use crate::store::operators::identities::NewIdentityRow;
use crate::store::operators::sessions::Ending;
use bowline_api::status::Role;

/// The longest login name.
const LONGEST_LOGIN_NAME: usize = 64;

/// What the groups of a person give them.
struct Allowed {
    role: Role,
    tenants: Option<Vec<Uuid>>,
}

/// Whether the person is let in, which is recorded in any case.
enum Admission {
    In(Box<NewSession>),
    Disabled,
    NoGroup,
}

/// Begins a session for this person, who has logged in `by` this way, as the audit log calls it.
///
/// # Errors
/// `sign_on_refused` if they are in no group with a role, or were disabled here.
pub(super) async fn admit(
    app: &App,
    identity: &Identity,
    from: LoginOrigin<'_>,
    by: &'static str,
) -> Result<NewSession> {
    let allowed = allowed_by_groups(app, identity).await?;
    let admit = async |tx: &mut PlatformTx| {
        let known = tx.lock_identity(&identity.issuer, &identity.subject).await?;
        let Some(allowed) = &allowed else {
            record_refusal(tx, known.as_ref(), identity, "no_group", from.address).await?;
            return Ok(Admission::NoGroup);
        };
        let Some(operator_row) = known else {
            let operator_row = add_operator(app, tx, identity, allowed).await?;
            let opened = opened::open(app, tx, operator_row.clone(), from).await?;
            let names = login_names(operator_row.tenant_ids.as_deref());
            let first = Event::OperatorSignedOnFirst {
                operator: operator_row.id.into(),
                name: &operator_row.name,
                role: allowed.role,
                tenants: names.as_deref(),
                issuer: &identity.issuer,
                user: &identity.subject,
            };
            tx.record(&Actor::System, first).await?;
            return Ok(Admission::In(Box::new(opened.record(tx, from.address, Some(by)).await?)));
        };
        if operator_row.disabled_at.is_some() {
            record_refusal(tx, Some(&operator_row), identity, "disabled", from.address).await?;
            return Ok(Admission::Disabled);
        }
        let session = renew_operator(app, tx, operator_row, allowed, from, by).await?;
        Ok(Admission::In(Box::new(session)))
    };
    match app.store.platform(admit).await? {
        Admission::In(session) => Ok(*session),
        Admission::Disabled => Err(refused_person("an admin has disabled this operator")),
        Admission::NoGroup => Err(refused_person(
            "none of your groups at the identity provider has a role here; ask whoever runs it to add you to one",
        )),
    }
}

fn refused_person(detail: &'static str) -> Error {
    Code::SignOnRefused.because(detail).into()
}

/// What the person's groups give them now. Tenants that do not exist are left out; if none is left, there is no role.
async fn allowed_by_groups(app: &App, identity: &Identity) -> Result<Option<Allowed>> {
    let settings: &SignOn = &app.settings.sign_on;
    let Some(granted) = grant::of(settings, &identity.groups) else { return Ok(None) };
    let Some(names) = granted.tenants else { return Ok(Some(Allowed { role: granted.role, tenants: None })) };
    let mut ids = Vec::new();
    for name in names {
        let found = match tenant::named(app, name).await {
            Ok(id) => tenant::get(app, id).await.map(|tenant| tenant.id.uuid()),
            Err(error) => Err(error),
        };
        match found {
            Ok(id) => ids.push(id),
            Err(error) if error.code() == Code::NotFound => {
                tracing::warn!("bowline.sign_on.roles names a tenant that does not exist");
            }
            Err(error) => return Err(error),
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok((!ids.is_empty()).then_some(Allowed { role: granted.role, tenants: Some(ids) }))
}

/// Gives a known operator the role and the tenants of today, which ends their other sessions if something changes.
async fn renew_operator(
    app: &App,
    tx: &mut PlatformTx,
    before: OperatorRow,
    allowed: &Allowed,
    from: LoginOrigin<'_>,
    by: &'static str,
) -> Result<NewSession> {
    let operator = before.id.into();
    let role_changes = before.role.known()? != allowed.role;
    let tenants_change = before.tenant_ids != allowed.tenants;
    let mut operator_row = before;
    let mut ended_sessions = 0;
    if role_changes || tenants_change {
        tx.set_role(operator_row.id, allowed.role).await?;
        let changed = tx.set_tenants(operator_row.id, allowed.tenants.as_deref()).await?;
        operator_row = changed.ok_or_else(|| Error::bug("a locked operator is gone"))?;
        ended_sessions = tx.end_sessions(operator_row.id, Ending::All).await?;
    }
    let names = login_names(operator_row.tenant_ids.as_deref());
    let opened = opened::open(app, tx, operator_row, from).await?;
    if role_changes {
        let changed = Event::OperatorRoleChanged { operator, role: allowed.role, ended_sessions };
        tx.record(&Actor::System, changed).await?;
    }
    if tenants_change {
        let changed = Event::OperatorTenantsChanged { operator, tenants: names.as_deref(), ended_sessions };
        tx.record(&Actor::System, changed).await?;
    }
    opened.record(tx, from.address, Some(by)).await
}

fn login_names(tenants: Option<&[Uuid]>) -> Option<Vec<String>> {
    tenants.map(|ids| ids.iter().map(|&id| TenantId::from(id).to_string()).collect())
}

/// Records a refusal and ends the sessions that the person still has.
async fn record_refusal(
    tx: &mut PlatformTx,
    known: Option<&OperatorRow>,
    identity: &Identity,
    reason: &'static str,
    address: IpAddr,
) -> Result<()> {
    let ended_sessions = match known {
        Some(operator_row) => Some(tx.end_sessions(operator_row.id, Ending::All).await?),
        None => None,
    };
    let refused = Refused {
        operator: known.map(|operator_row| operator_row.id.into()),
        reason,
        user: Some(&identity.subject),
        ended_sessions,
    };
    refused.record(tx, address).await
}

/// Adds an operator without a password.
async fn add_operator(
    app: &App,
    tx: &mut PlatformTx,
    identity: &Identity,
    allowed: &Allowed,
) -> Result<OperatorRow> {
    let mut name = login_name(identity.name.as_deref().unwrap_or_default());
    // A name for emergencies is kept for a local operator, also while there is none.
    let is_kept = app.settings.sign_on.break_glass.contains(&name);
    if name.is_empty() || is_kept || tx.operator_by_name(&name).await?.is_some() {
        name = distinct_login_name(&name, identity);
    }
    let new = NewIdentityRow {
        id: entropy::id::<bowline_api::id::Operator>().uuid(),
        name: &name,
        no_password: app.passwords.none(),
        role: allowed.role,
        tenants: allowed.tenants.as_deref(),
        issuer: &identity.issuer,
        subject: &identity.subject,
    };
    tx.insert_identity(new).await
}

/// A name of the form of login names: what stands before the @, in small letters. Everything else becomes a hyphen.
fn login_name(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default().to_lowercase();
    let letters = name.chars().map(|c| match c {
        'a'..='z' | '0'..='9' | '.' | '_' | '-' => c,
        _ => '-',
    });
    let name: String = letters.take(LONGEST_LOGIN_NAME).collect();
    name.trim_matches('-').to_owned()
}

/// The name with the beginning of a digest of who the person is, so that nobody can take another operator's name.
fn distinct_login_name(name: &str, identity: &Identity) -> String {
    let who = format!("{}\n{}", identity.issuer, identity.subject);
    let mut suffix = Digest::of(who.as_bytes()).to_hex();
    suffix.truncate(8);
    let base: String = name.chars().take(LONGEST_LOGIN_NAME - suffix.len() - 1).collect();
    if base.is_empty() { format!("user-{suffix}") } else { format!("{base}-{suffix}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_form_of_login_names() {
        for (name, expected) in [
            ("ada", "ada"),
            ("Ada.Lovelace@example.com", "ada.lovelace"),
            ("Ada Lovelace", "ada-lovelace"),
            ("EXAMPLE\\ada", "example-ada"),
            ("añada", "a-ada"),
            ("\u{1b}[31mroot", "31mroot"),
            ("@example.com", ""),
            ("愛", ""),
        ] {
            assert_eq!(login_name(name), expected, "{name:?}");
        }
        assert_eq!(login_name(&"x".repeat(100)).len(), 64);
        let identity = Identity {
            issuer: "https://login.example".to_owned(),
            subject: "248289761001".to_owned(),
            name: None,
            groups: Vec::new(),
        };
        let name = distinct_login_name("root", &identity);
        assert!(name.starts_with("root-") && name.len() == 13, "{name}");
        assert_eq!(distinct_login_name(&"x".repeat(64), &identity).len(), 64);
        assert!(distinct_login_name("", &identity).starts_with("user-"));
    }
}
