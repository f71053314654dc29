//! Opens the dialog for each change that a key asks for, or says why there is nothing to change.

use bowline_api::OperatorId;
use bowline_api::admin::{AccountSummary, ApiKey, Connector, Operator, OperatorSession, Tenant};
use bowline_api::status::{AccountStatus, ConnectorStatus, Permission, Role};
use secrecy::SecretString;

use crate::client::{Act, Answer, Proof, TenantRef};
use crate::dialog::new_secret::NewSecret;
use crate::interface::dialog::Reaction;
use crate::when::stamp;

use super::fields::Purpose;
use super::form::ChangeDialog;

/// The dialog that revokes an account, or why there is nothing to revoke.
pub fn revoke(subject: Option<&AccountSummary>) -> Reaction {
    let Some(summary) = subject else { return Reaction::Notify("no account is selected".to_owned()) };
    match summary.account.status.known() {
        Some(AccountStatus::Revoked) => Reaction::Notify("this account is already revoked".to_owned()),
        Some(AccountStatus::Revoking) => Reaction::Notify("this account is already being revoked".to_owned()),
        // Revoking ends every state, also one that only a newer server knows.
        Some(AccountStatus::Active | AccountStatus::NeedsReauth | AccountStatus::Suspended) | None => {
            let act = Act::Revoke { id: summary.account.id, reason: String::new() };
            of_account(act, "revoke", summary)
        }
    }
}

/// The dialog that suspends an account, or resumes it if it is suspended.
pub fn pause(subject: Option<&AccountSummary>) -> Reaction {
    let Some(summary) = subject else { return Reaction::Notify("no account is selected".to_owned()) };
    let (id, reason) = (summary.account.id, String::new());
    match summary.account.status.known() {
        Some(AccountStatus::Suspended) => of_account(Act::ResumeAccount { id, reason }, "resume", summary),
        Some(AccountStatus::Active | AccountStatus::NeedsReauth) => {
            of_account(Act::SuspendAccount { id, reason }, "suspend", summary)
        }
        Some(AccountStatus::Revoked | AccountStatus::Revoking) => {
            Reaction::Notify("this account is revoked; bowline freezes lists what is frozen".to_owned())
        }
        None => newer_state(summary.account.status.as_str()),
    }
}

/// Why nothing is offered for something in a state that only a newer server knows.
fn newer_state(state: &str) -> Reaction {
    Reaction::Notify(format!("this bowline does not know the state {state}: update it"))
}

fn of_account(act: Act, verb: &'static str, summary: &AccountSummary) -> Reaction {
    let account = &summary.account;
    let whose = format!("tenant {} · user {}", summary.tenant, account.external_user_id);
    let names = (account.email.clone(), account.id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, verb, names, vec![account.email.clone(), whose])))
}

/// The dialog that disables a connector, or enables it if it is disabled.
pub fn pause_connector(subject: Option<&Connector>) -> Reaction {
    let Some(connector) = subject else { return Reaction::Notify("no connector is selected".to_owned()) };
    let (tenant, id, reason) = (TenantRef::Id(connector.tenant_id), connector.id, String::new());
    match connector.status.known() {
        Some(ConnectorStatus::Disabled) => {
            of_connector(Act::EnableConnector { tenant, id, reason }, "enable", connector)
        }
        Some(ConnectorStatus::Active | ConnectorStatus::Broken) => {
            of_connector(Act::DisableConnector { tenant, id, reason }, "disable", connector)
        }
        None => newer_state(connector.status.as_str()),
    }
}

/// The dialog that replaces a connector's app secret.
pub fn replace_secret(subject: Option<&Connector>) -> Reaction {
    let Some(connector) = subject else { return Reaction::Notify("no connector is selected".to_owned()) };
    let (tenant, id) = (TenantRef::Id(connector.tenant_id), connector.id);
    let act = Act::ReplaceSecret { tenant, id, secret: SecretString::from(""), proof: Proof::empty() };
    of_connector(act, "replace the secret of", connector)
}

/// The dialog that replaces a connector's return URLs; it begins with those that there are.
pub fn edit_return_urls(subject: Option<&Connector>) -> Reaction {
    let Some(connector) = subject else { return Reaction::Notify("no connector is selected".to_owned()) };
    let (tenant, id) = (TenantRef::Id(connector.tenant_id), connector.id);
    let act = Act::EditConnector { tenant, id, edit: Box::default() };
    let mut about = about_connector(connector);
    about.extend(connector.return_urls.iter().cloned());
    let names = (connector.name.clone(), connector.id.to_string());
    let dialog = ChangeDialog::new(act, "change the return URLs of", names, about);
    Reaction::Open(Box::new(dialog.with(Purpose::ReturnUrls, &connector.return_urls.join(" "))))
}

fn of_connector(act: Act, verb: &'static str, connector: &Connector) -> Reaction {
    let names = (connector.name.clone(), connector.id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, verb, names, about_connector(connector))))
}

fn about_connector(connector: &Connector) -> Vec<String> {
    vec![connector.name.clone(), format!("app key {} · {}", connector.app_key, connector.status)]
}

/// The dialog that revokes an API key of this tenant.
pub fn revoke_api_key(tenant: &TenantRef, subject: Option<&ApiKey>) -> Reaction {
    let Some(key) = subject else { return Reaction::Notify("no API key is selected".to_owned()) };
    if key.revoked_at.is_some() {
        return Reaction::Notify("this API key is already revoked".to_owned());
    }
    let permissions: Vec<_> = key.permissions.iter().map(bowline_api::Named::as_str).collect();
    let about = vec![format!("API key {} of tenant {tenant}", key.name), permissions.join(" ")];
    let act = Act::RevokeApiKey { tenant: tenant.clone(), id: key.id };
    let names = (format!("API key {}", key.name), key.id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, "revoke", names, about)))
}

/// The dialog that creates an API key of this tenant.
pub fn create_api_key(tenant: &TenantRef) -> Reaction {
    let usual: Vec<_> = Permission::ALL.iter().filter(|one| **one != Permission::Sign).collect();
    let usual: Vec<_> = usual.iter().map(|permission| permission.as_str()).collect();
    let proof = Proof::empty();
    let (name, permissions, expires_at) = (String::new(), None, None);
    let act = Act::CreateApiKey { tenant: tenant.clone(), name, permissions, expires_at, proof };
    let names = (format!("an API key of {tenant}"), String::new());
    let about = vec![format!("a new API key of tenant {tenant}")];
    let dialog = ChangeDialog::new(act, "create", names, about);
    let dialog = dialog.with(Purpose::Permissions, &usual.join(" ")).followed_by(show_secret);
    Reaction::Open(Box::new(dialog))
}

/// The dialog that replaces an API key of this tenant.
pub fn rotate_api_key(tenant: &TenantRef, subject: Option<&ApiKey>) -> Reaction {
    let Some(key) = subject else { return Reaction::Notify("no API key is selected".to_owned()) };
    if key.revoked_at.is_some() {
        return Reaction::Notify("this API key is revoked; add another one".to_owned());
    }
    let act =
        Act::RotateApiKey { tenant: tenant.clone(), id: key.id, overlap_hours: None, proof: Proof::empty() };
    let names = (format!("API key {}", key.name), key.id.to_string());
    let about = vec![format!("API key {} of tenant {tenant}", key.name)];
    let dialog = ChangeDialog::new(act, "rotate", names, about);
    Reaction::Open(Box::new(dialog.with(Purpose::Hours, "24").followed_by(show_secret)))
}

/// The dialog that lets an API key of this tenant work again, which the automatic stop has suspended.
pub fn resume_api_key(tenant: &TenantRef, subject: Option<&ApiKey>) -> Reaction {
    let Some(key) = subject else { return Reaction::Notify("no API key is selected".to_owned()) };
    let (None, Some(stop)) = (key.revoked_at, &key.suspended) else {
        return Reaction::Notify(
            "this API key is not suspended; only the automatic stop suspends one".to_owned(),
        );
    };
    let (tenant, id, reason) = (tenant.clone(), key.id, String::new());
    let whose = format!("API key {} of tenant {tenant}", key.name);
    let about = vec![whose, format!("suspended {}: {}", stamp(stop.since), stop.reason)];
    let act = Act::ResumeApiKey { tenant, id, reason, proof: Proof::empty() };
    let names = (format!("API key {}", key.name), id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, "resume", names, about)))
}

/// Shows the secret of a new API key.
fn show_secret(_: &Act, answer: &Answer) -> Vec<Reaction> {
    let new = match answer {
        Answer::NewApiKey(new) => &**new,
        Answer::RotatedApiKey(rotated) => &rotated.new,
        _ => return Vec::new(),
    };
    let secret = NewSecret::new("API key", &new.key.name, &new.key.id.to_string(), &new.secret);
    vec![Reaction::Open(Box::new(secret))]
}

/// The dialog that adds an operator.
pub fn add_operator() -> Reaction {
    let act = Act::AddOperator {
        name: String::new(),
        role: Role::Viewer,
        password: SecretString::from(""),
        proof: Proof::empty(),
    };
    let names = ("an operator".to_owned(), String::new());
    let about = vec!["somebody who may log in here: viewer, operator or admin".to_owned()];
    let dialog = ChangeDialog::new(act, "add", names, about);
    Reaction::Open(Box::new(dialog.with(Purpose::Role, Role::Viewer.as_str())))
}

/// The dialog that changes an operator's role.
pub fn set_role(subject: Option<&Operator>) -> Reaction {
    let Some(operator) = subject else { return Reaction::Notify("no operator is selected".to_owned()) };
    if operator.issuer.is_some() {
        let why = "this operator's role follows their groups at the identity provider";
        return Reaction::Notify(why.to_owned());
    }
    // What is typed replaces it; a word that this version does not know cannot be confirmed as it is.
    let role = operator.role.known().unwrap_or(Role::Viewer);
    let act = Act::SetRole { id: operator.id, role, proof: Proof::empty() };
    let names = (operator.name.clone(), operator.id.to_string());
    let about = vec![operator.name.clone(), format!("role {}", operator.role)];
    let dialog = ChangeDialog::new(act, "change the role of", names, about);
    Reaction::Open(Box::new(dialog.with(Purpose::Role, operator.role.as_str())))
}

/// The dialog that gives an operator another password.
pub fn set_password(subject: Option<&Operator>) -> Reaction {
    let Some(operator) = subject else { return Reaction::Notify("no operator is selected".to_owned()) };
    if operator.issuer.is_some() {
        let why = "this operator logs in at the identity provider and has no password here";
        return Reaction::Notify(why.to_owned());
    }
    let (id, password) = (operator.id, SecretString::from(""));
    let act = Act::SetPassword { id, password, proof: Proof::empty() };
    let about = vec![operator.name.clone(), format!("role {}", operator.role)];
    let names = (operator.name.clone(), id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, "change the password of", names, about)))
}

/// The dialog that disables an operator, or enables them if they are disabled.
pub fn pause_operator(subject: Option<&Operator>) -> Reaction {
    let Some(operator) = subject else { return Reaction::Notify("no operator is selected".to_owned()) };
    let id = operator.id;
    let (act, verb) = match operator.disabled_at {
        Some(_) => (Act::EnableOperator { id, proof: Proof::empty() }, "enable"),
        None => (Act::DisableOperator { id }, "disable"),
    };
    let about = vec![operator.name.clone(), format!("role {}", operator.role)];
    let names = (operator.name.clone(), id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, verb, names, about)))
}

/// The dialog that freezes a tenant, or thaws it if it is frozen. All users of a tenant feel its freeze, so the operator
/// types its name.
pub fn pause_tenant(subject: Option<&Tenant>) -> Reaction {
    let Some(tenant) = subject else { return Reaction::Notify("no tenant is selected".to_owned()) };
    let (of, reason) = (TenantRef::Id(tenant.id), String::new());
    let (act, verb) = match tenant.frozen {
        Some(_) => (Act::ThawTenant { tenant: of, reason }, "thaw"),
        None => (Act::FreezeTenant { tenant: of, reason }, "freeze"),
    };
    let names = (format!("tenant {}", tenant.slug), tenant.id.to_string());
    let about = vec![format!("tenant {}", tenant.slug), tenant.name.clone()];
    Reaction::Open(Box::new(ChangeDialog::new(act, verb, names, about).typed(tenant.slug.clone())))
}

/// The dialog that ends a session, one's own or of this other operator.
pub fn end_session(of: Option<OperatorId>, subject: Option<&OperatorSession>) -> Reaction {
    let Some(session) = subject else { return Reaction::Notify("no session is selected".to_owned()) };
    let act = Act::EndSession { of, id: session.id };
    let this = if session.is_current { "this very session: you have to log in again" } else { "" };
    let client = session.client.clone().unwrap_or_else(|| "an unknown program".to_owned());
    let address = session.address.as_deref().unwrap_or("an unknown address");
    let about = [format!("{client} from {address}"), this.to_owned()];
    let names = (format!("session of {client}"), session.id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, "end", names, about)))
}
