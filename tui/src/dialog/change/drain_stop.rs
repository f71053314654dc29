//! Opens the dialogs about the automatic stop of API keys: to set it, and to announce a mass fetch.

use bowline_api::admin::{ApiKey, Tenant};

use crate::client::{Act, Proof, TenantRef, WantedStop};
use crate::interface::dialog::Reaction;
use crate::when::stamp;

use super::fields::{ON, Purpose};
use super::form::ChangeDialog;

/// What the server takes for a tenant that has no automatic stop yet.
const DEFAULT_TIMES: u32 = 10;
const DEFAULT_LEAST: u32 = 1000;
/// The length of an announcement that the dialog begins with, in minutes.
const ANNOUNCED_MINUTES: &str = "60";

/// The dialog that turns a tenant's automatic stop on with these limits, or off; it begins with those that there are.
pub fn set_drain_stop(subject: Option<&Tenant>) -> Reaction {
    let Some(tenant) = subject else { return Reaction::Notify("no tenant is selected".to_owned()) };
    let wanted = WantedStop { enabled: true, times: None, least: None };
    let (of, reason, proof) = (TenantRef::Id(tenant.id), String::new(), Proof::empty());
    let act = Act::SetDrainStop { tenant: of, wanted, reason, proof };
    let now = match tenant.drain_stop {
        Some(stop) => {
            format!(
                "now on: above {} × a key's habit, and above {} accounts a minute",
                stop.times, stop.least
            )
        }
        None => "now off".to_owned(),
    };
    let names = (format!("tenant {}", tenant.slug), tenant.id.to_string());
    let about = vec![format!("tenant {}", tenant.slug), now];
    let (times, least) =
        tenant.drain_stop.map_or((DEFAULT_TIMES, DEFAULT_LEAST), |stop| (stop.times, stop.least));
    let dialog = ChangeDialog::new(act, "set the automatic stop of", names, about)
        .with(Purpose::Switch, ON)
        .with(Purpose::Times, &times.to_string())
        .with(Purpose::Least, &least.to_string());
    Reaction::Open(Box::new(dialog))
}

/// The dialog that announces a mass fetch of all keys of this tenant, or ends the announcement.
pub fn announce_fetch_of_tenant(subject: Option<&Tenant>) -> Reaction {
    let Some(tenant) = subject else { return Reaction::Notify("no tenant is selected".to_owned()) };
    let Some(stop) = &tenant.drain_stop else {
        let why = "this tenant has no automatic stop, so a mass fetch needs no announcement";
        return Reaction::Notify(why.to_owned());
    };
    let mut about = vec![format!("tenant {}", tenant.slug)];
    about.extend(stop.announced_until.map(|until| {
        let whose = stop.announced_key.map_or_else(|| "all keys".to_owned(), |key| key.to_string());
        format!("announced until {} for {whose}", stamp(until))
    }));
    announce_fetch(TenantRef::Id(tenant.id), &tenant.slug, None, about)
}

/// The dialog that announces a mass fetch of this key alone.
pub fn announce_fetch_of_key(tenant: &TenantRef, subject: Option<&ApiKey>) -> Reaction {
    let Some(key) = subject else { return Reaction::Notify("no API key is selected".to_owned()) };
    let about = vec![format!("API key {} of tenant {tenant}", key.name)];
    announce_fetch(tenant.clone(), &tenant.to_string(), Some(key), about)
}

fn announce_fetch(of: TenantRef, name: &str, key: Option<&ApiKey>, about: Vec<String>) -> Reaction {
    let (reason, proof) = (String::new(), Proof::empty());
    let act = Act::AnnounceFetch { tenant: of, minutes: 0, key: None, reason, proof };
    let names = (format!("tenant {name}"), String::new());
    let key = key.map(|key| key.id.to_string()).unwrap_or_default();
    let dialog = ChangeDialog::new(act, "announce a mass fetch of", names, about)
        .with(Purpose::Minutes, ANNOUNCED_MINUTES)
        .with(Purpose::OnlyKey, &key);
    Reaction::Open(Box::new(dialog))
}
