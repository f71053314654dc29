//! The fields of the dialog that makes a change: what each is for, what is missing, and what they add to the change.

use std::ops::RangeInclusive;

use bowline_api::ApiKeyId;
use bowline_api::status::{Permission, Role};
use bowline_api::v1::EditWebhookEndpoint;
use secrecy::SecretString;

use crate::client::{Act, Proof, SignOnWay, WebhookAct};
use crate::danger::Danger;
use crate::dialog::confirmation::{is_reason, reason_length};
use crate::widget::text_field::TextField;

use super::typed::{connector, events, is_of_host, number, permissions, return_urls};

/// What a field of the dialog is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The name of what is added.
    Name,
    /// The field for the role of an operator.
    Role,
    /// The permissions of an API key, with spaces between.
    Permissions,
    /// How many hours an old API key still works, or an old secret still signs.
    Hours,
    /// The field for whether something is on or off.
    Switch,
    /// How many times its habit an API key may fetch in a minute.
    Times,
    /// The number of accounts a minute up to which no API key is suspended.
    Least,
    /// How long something may take, in minutes.
    Minutes,
    /// The only API key that it is about; all if empty.
    OnlyKey,
    /// The field for the reason, which the audit log records.
    Reason,
    /// The return URLs of a connector, with spaces between.
    ReturnUrls,
    /// The field for the URL where an endpoint is told of events.
    Url,
    /// The types of events of an endpoint, with spaces between, or all.
    Events,
    /// The only connector whose events an endpoint gets; all if empty.
    Connector,
    /// The field for a secret, drawn as dots.
    Secret,
    /// Another operator's new password, drawn as dots.
    NewPassword,
    /// The same once more.
    NewPasswordAgain,
    /// The phrase, which must be typed: the end of the id, or for an act on many accounts what it does.
    Phrase,
    /// The operator's own password, drawn as dots.
    Password,
    /// A one-time code, once the server has asked for one.
    Code,
    /// Where an operator without a password logs in anew.
    Anew,
}

impl Purpose {
    /// Whether what is typed is drawn as dots.
    pub(super) fn is_masked(self) -> bool {
        matches!(
            self,
            Self::Secret | Self::NewPassword | Self::NewPasswordAgain | Self::Password | Self::Code
        )
    }

    /// Whether it is a proof that it is the operator who asks. These fields are the last ones.
    fn is_proof(self) -> bool {
        matches!(self, Self::Password | Self::Code | Self::Anew)
    }
}

/// The ways to log in anew, as they are typed.
pub(super) const BROWSER: &str = "browser";
pub(super) const DEVICE: &str = "device";

/// The two states of what is on or off, as they are typed.
pub(super) const ON: &str = "on";
const OFF: &str = "off";

/// What the numbers of an automatic stop may be, and the longest announcement in minutes.
const STOP_TIMES: RangeInclusive<u32> = 2..=1000;
const STOP_LEAST: RangeInclusive<u32> = 10..=10_000_000;
const ANNOUNCEMENT_MINUTES: RangeInclusive<u32> = 0..=10_080;

/// The fields in order, one of which receives the keys.
#[derive(Debug)]
pub(super) struct Fields {
    all: Vec<(Purpose, TextField)>,
    focus: usize,
    /// Whether what is typed so far needs no proof: then its fields are not shown.
    has_no_proof: bool,
}

impl Fields {
    /// The empty fields that this change needs.
    pub(super) fn of(act: &Act) -> Self {
        let own: &[Purpose] = match act {
            Act::ReplaceSecret { .. } => &[Purpose::Secret],
            Act::AddOperator { .. } => {
                &[Purpose::Name, Purpose::Role, Purpose::NewPassword, Purpose::NewPasswordAgain]
            }
            Act::SetRole { .. } => &[Purpose::Role],
            Act::EditConnector { .. } => &[Purpose::ReturnUrls],
            Act::CreateApiKey { .. } => &[Purpose::Name, Purpose::Permissions],
            Act::RotateApiKey { .. } | Act::Webhook { act: WebhookAct::Rotate { .. }, .. } => {
                &[Purpose::Hours]
            }
            Act::Webhook { act: WebhookAct::Create { .. } | WebhookAct::Edit { .. }, .. } => {
                &[Purpose::Url, Purpose::Events, Purpose::Connector]
            }
            Act::SetPassword { .. } => &[Purpose::NewPassword, Purpose::NewPasswordAgain],
            Act::SetDrainStop { .. } => &[Purpose::Switch, Purpose::Times, Purpose::Least, Purpose::Reason],
            Act::AnnounceFetch { .. } => &[Purpose::Minutes, Purpose::OnlyKey, Purpose::Reason],
            Act::RevokeApiKey { .. }
            | Act::DisableOperator { .. }
            | Act::EnableOperator { .. }
            | Act::ResetTotp { .. }
            | Act::EndSession { .. }
            | Act::EndSessions { .. }
            | Act::Webhook { .. }
            | Act::ConfirmJob { .. }
            | Act::ApproveJob { .. }
            | Act::RetryJob { .. } => &[],
            _ => &[Purpose::Reason],
        };
        let needs_phrase = act.danger() >= Danger::Irreversible || matches!(act, Act::FreezeTenant { .. });
        let needs_password = act.clone().proof_mut().is_some();
        let purposes = own
            .iter()
            .copied()
            .chain(needs_phrase.then_some(Purpose::Phrase))
            .chain(needs_password.then_some(Purpose::Password));
        let all = purposes.map(|purpose| (purpose, TextField::default())).collect();
        Self { all, focus: 0, has_no_proof: false }
    }

    /// The fields that are shown.
    fn shown_fields(&self) -> impl Iterator<Item = &(Purpose, TextField)> {
        self.all.iter().filter(|(purpose, _)| !(self.has_no_proof && purpose.is_proof()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Purpose, &TextField, bool)> {
        self.shown_fields().enumerate().map(|(at, (purpose, field))| (*purpose, field, at == self.focus))
    }

    /// Shows the fields of a proof if the change needs one with what is typed so far.
    pub(super) fn fit(&mut self, act: &Act) {
        self.has_no_proof = self.complete(act).proof_mut().is_none();
    }

    /// What is typed into a field; empty if there is none of this purpose.
    pub(super) fn text_of(&self, purpose: Purpose) -> &str {
        self.all.iter().find(|(own, _)| *own == purpose).map_or("", |(_, field)| field.text())
    }

    /// Whether there is a field of this purpose.
    pub(super) fn has(&self, purpose: Purpose) -> bool {
        self.shown_fields().any(|(own, _)| *own == purpose)
    }

    /// Fills in a field beforehand.
    pub(super) fn fill_in(&mut self, purpose: Purpose, field_text: &str) {
        for (_, field) in self.all.iter_mut().filter(|(own, _)| *own == purpose) {
            *field = TextField::new(field_text);
        }
    }

    /// What the field that receives the keys is for; `None` if there is no field.
    pub(super) fn focused(&self) -> Option<Purpose> {
        self.all.get(self.focus).map(|(purpose, _)| *purpose)
    }

    pub(super) fn focused_mut(&mut self) -> Option<&mut TextField> {
        self.all.get_mut(self.focus).map(|(_, field)| field)
    }

    pub(super) fn is_last_focused(&self) -> bool {
        self.focus + 1 >= self.shown_fields().count()
    }

    pub(super) fn move_focus(&mut self, forward: bool) {
        let count = self.shown_fields().count().max(1);
        self.focus = (self.focus + if forward { 1 } else { count - 1 }) % count;
    }

    /// Empties what cannot be sent again: a code works once, and `is_refused` says that the server refused the password.
    pub(super) fn forget(&mut self, is_refused: bool) {
        for (purpose, field) in &mut self.all {
            if *purpose == Purpose::Code || (is_refused && *purpose == Purpose::Password) {
                *field = TextField::default();
            }
        }
    }

    /// Asks for a login anew at the identity provider instead of a password.
    pub(super) fn log_in_anew(&mut self) {
        for (purpose, field) in self.all.iter_mut().filter(|(purpose, _)| *purpose == Purpose::Password) {
            (*purpose, *field) = (Purpose::Anew, TextField::new(BROWSER));
        }
    }

    /// Adds the field for a one-time code, unless there is one.
    pub(super) fn ask_for_code(&mut self) {
        if !self.has(Purpose::Code) {
            self.all.push((Purpose::Code, TextField::default()));
            self.focus = self.all.len() - 1;
        }
    }

    /// What is still missing before the change can be sent; `phrase` is the phrase to type.
    pub(super) fn missing(&self, phrase: &str) -> Option<String> {
        self.shown_fields().find_map(|(purpose, field)| {
            let field_text = field.text();
            let missing = match purpose {
                Purpose::Name if field_text.trim().is_empty() => "the name is missing",
                Purpose::Role if field_text.trim().parse::<Role>().is_err() => {
                    "the role is viewer, operator or admin"
                }
                Purpose::Permissions if permissions(field_text).is_none() => {
                    let all: Vec<_> = Permission::ALL.iter().map(|one| one.as_str()).collect();
                    return Some(format!("permissions, with spaces between, are some of {}", all.join(" ")));
                }
                Purpose::Hours if field_text.trim().parse::<u32>().is_ok_and(|hours| hours <= 720) => return None,
                Purpose::Hours => "the old one works for 0 to 720 hours more",
                Purpose::Switch if !matches!(field_text.trim(), ON | OFF) => "it is on or off",
                Purpose::Times if number(field_text, &STOP_TIMES).is_none() => "the factor is 2 to 1000",
                Purpose::Least if number(field_text, &STOP_LEAST).is_none() => "the number is 10 to 10000000 accounts",
                Purpose::Minutes if number(field_text, &ANNOUNCEMENT_MINUTES).is_none() => {
                    "1 to 10080 minutes, a week; 0 ends an announcement"
                }
                Purpose::OnlyKey if !field_text.trim().is_empty() && field_text.trim().parse::<ApiKeyId>().is_err() => {
                    "a key is key_…; with none, it is about all keys of the tenant"
                }
                Purpose::Reason if !is_reason(field_text) => {
                    return Some(format!("a reason of {} is needed", reason_length()));
                }
                Purpose::ReturnUrls if return_urls(field_text).is_none() => {
                    "return URLs, with spaces between: 1 to 20 addresses such as https://shop.example/done, without ? and #"
                }
                Purpose::Url if !is_of_host(field_text) => "a URL is needed, such as https://shop.example/hooks",
                Purpose::Events if events(field_text).is_none() => {
                    "types of events, with spaces between, such as account.revoked; or all"
                }
                Purpose::Connector if connector(field_text).is_err() => {
                    "a connector is conn_…; with none, it gets the events of all that have no endpoint"
                }
                Purpose::Secret if field_text.trim().is_empty() => "the secret is missing",
                Purpose::NewPassword if field_text.is_empty() => "the new password is missing",
                Purpose::NewPasswordAgain if field_text != self.text_of(Purpose::NewPassword) => {
                    "the two new passwords differ"
                }
                Purpose::Phrase if field_text != phrase => return Some(format!("type {phrase} to confirm")),
                Purpose::Password if field_text.is_empty() => "your own password is missing",
                Purpose::Code if field_text.is_empty() => "a one-time code is missing",
                Purpose::Anew if sign_on_way(field_text).is_none() => "you log in anew by browser or by device",
                _ => return None,
            };
            Some(missing.to_owned())
        })
    }

    /// The change with what the fields add.
    pub(super) fn complete(&self, act: &Act) -> Act {
        let mut act = act.clone();
        let reason_typed = self.text_of(Purpose::Reason).trim().to_owned();
        match &mut act {
            Act::Revoke { reason, .. }
            | Act::SuspendAccount { reason, .. }
            | Act::ResumeAccount { reason, .. }
            | Act::MigrateAccount { reason, .. }
            | Act::LiftFreeze { reason, .. }
            | Act::FreezeTenant { reason, .. }
            | Act::ThawTenant { reason, .. }
            | Act::ResumeApiKey { reason, .. }
            | Act::DisableConnector { reason, .. }
            | Act::EnableConnector { reason, .. }
            | Act::RemoveConnector { reason, .. }
            | Act::StopJob { reason, .. } => *reason = reason_typed,
            Act::PrepareJob { wanted } => wanted.reason = reason_typed,
            Act::SetDrainStop { wanted, reason, .. } => {
                wanted.enabled = self.text_of(Purpose::Switch).trim() == ON;
                wanted.times = number(self.text_of(Purpose::Times), &STOP_TIMES);
                wanted.least = number(self.text_of(Purpose::Least), &STOP_LEAST);
                *reason = reason_typed;
            }
            Act::AnnounceFetch { minutes, key, reason, .. } => {
                *minutes = number(self.text_of(Purpose::Minutes), &ANNOUNCEMENT_MINUTES).unwrap_or_default();
                *key = self.text_of(Purpose::OnlyKey).trim().parse().ok();
                *reason = reason_typed;
            }
            Act::ReplaceSecret { secret, .. } => {
                *secret = SecretString::from(self.text_of(Purpose::Secret).trim());
            }
            Act::AddOperator { name, role, password, .. } => {
                self.text_of(Purpose::Name).trim().clone_into(name);
                *role = self.role_field().unwrap_or(*role);
                *password = SecretString::from(self.text_of(Purpose::NewPassword));
            }
            Act::CreateApiKey { name, permissions: wanted, .. } => {
                self.text_of(Purpose::Name).trim().clone_into(name);
                *wanted = permissions(self.text_of(Purpose::Permissions));
            }
            Act::RotateApiKey { overlap_hours, .. }
            | Act::Webhook { act: WebhookAct::Rotate { overlap_hours, .. }, .. } => {
                *overlap_hours = self.text_of(Purpose::Hours).trim().parse().ok();
            }
            Act::Webhook { act: WebhookAct::Create { wanted, .. }, .. } => {
                self.text_of(Purpose::Url).trim().clone_into(&mut wanted.url);
                wanted.events = events(self.text_of(Purpose::Events)).unwrap_or_default();
                wanted.connector = connector(self.text_of(Purpose::Connector)).ok().flatten();
            }
            Act::Webhook { act: WebhookAct::Edit { edit, .. }, .. } => {
                let url = Some(self.text_of(Purpose::Url).trim().to_owned());
                let events = events(self.text_of(Purpose::Events));
                let connector = connector(self.text_of(Purpose::Connector)).ok();
                **edit = EditWebhookEndpoint {
                    url: changed(url, edit.url.as_ref()),
                    events: changed(events, edit.events.as_ref()),
                    connector: changed(connector, edit.connector.as_ref()),
                };
            }
            Act::SetRole { role, .. } => *role = self.role_field().unwrap_or(*role),
            Act::EditConnector { edit, .. } => {
                edit.return_urls = return_urls(self.text_of(Purpose::ReturnUrls));
            }
            Act::SetPassword { password, .. } => {
                *password = SecretString::from(self.text_of(Purpose::NewPassword));
            }
            _ => {}
        }
        let code = self.text_of(Purpose::Code).trim();
        let code = (!code.is_empty()).then(|| SecretString::from(code));
        act.proven(match sign_on_way(self.text_of(Purpose::Anew)) {
            Some(way) => Proof::log_in_anew(way),
            None => Proof::typed(SecretString::from(self.text_of(Purpose::Password)), code),
        })
    }

    fn role_field(&self) -> Option<Role> {
        self.text_of(Purpose::Role).trim().parse().ok()
    }
}

/// What is typed, if it is not what there is.
fn changed<T: PartialEq>(typed: Option<T>, known: Option<&T>) -> Option<T> {
    typed.filter(|typed| known != Some(typed))
}

/// The way with this name.
fn sign_on_way(field_text: &str) -> Option<SignOnWay> {
    match field_text.trim() {
        BROWSER => Some(SignOnWay::Browser),
        DEVICE => Some(SignOnWay::Device),
        _ => None,
    }
}
