//! A simulated operator of the pure core: it presses keys and answers requests, and draws nothing.

use std::any::Any;
use std::time::Duration;

use bowline::app::{ConnectionState, Effect, KnownContext, Model, Msg, Setup, Slot, next_deadline, update};
use bowline::client::{AccountSearch, Act, Answer, Failure, PageQuery, Request, WebhookAct};
use bowline::dialog::change::ChangeDialog;
use bowline::registry::keymap::Keymap;
use bowline::screen::account::Account;
use bowline::screen::accounts::Accounts;
use bowline_api::AccountId;
use bowline_api::admin::{
    AccountState, ApiKey, AuditVerification, DrainStop, JobDetail, Operator, ReplacedAppSecret,
    RotatedApiKey, TenantFreeze,
};
use bowline_api::status::{
    AccountStatus, ConnectorStatus, JobItemState, JobState, Role, SecretCheck, WebhookState,
};
use bowline_api::v1::{ResentWebhooks, WebhookTest};
use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::fixtures::{
    account_id, account_page, api_keys, connectors, detail, detail_of, events_answer, holders, job,
    job_items, login_methods, new_api_key, now, operator, operator_sessions, page, session, signed_on,
    summary, tenants,
};
use crate::webhook_fixtures::{deliveries, endpoints, new_endpoint, switched};

/// A call that waits for its answer.
type Waiting = (Slot, u64, Request);

/// The model and its requests so far.
pub(crate) struct Story {
    pub(crate) model: Model,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) effects: Vec<String>,
    /// The question how operators log in.
    pub(crate) methods: Option<Waiting>,
    /// How often what was typed ahead was discarded.
    pub(crate) discarded: usize,
    /// How often the client subscribed to events.
    pub(crate) subscribed: usize,
    /// Requests in the order in which they were made.
    pub(crate) asked: Vec<Request>,
    /// The number of accounts at the server.
    pub(crate) accounts: u64,
    pub(crate) role: Role,
    /// The state that the server reports for a polled account.
    pub(crate) status: AccountStatus,
    pub(crate) failing: Option<Failure>,
    /// The job that the server has.
    pub(crate) job: JobDetail,
}

impl Story {
    pub(crate) fn new(setup: Setup, size: (u16, u16)) -> Self {
        let keymap = Keymap::new(&setup.keys).unwrap();
        Self {
            model: Model::new(setup, keymap, size, now()),
            waiting: Vec::new(),
            methods: None,
            effects: Vec::new(),
            discarded: 0,
            subscribed: 0,
            asked: Vec::new(),
            accounts: 250,
            role: Role::Operator,
            status: AccountStatus::Revoking,
            failing: None,
            job: job(JobState::Running, 50, 37, 0),
        }
    }

    /// An operator with a saved session, before anything is answered.
    pub(crate) fn with_session() -> Self {
        let mut story = Self::new(setup(), (110, 24));
        story.tell(Msg::Tick);
        story
    }

    /// An operator with a saved session, after every request was answered.
    pub(crate) fn settled() -> Self {
        let mut story = Self::with_session();
        story.settle();
        story
    }

    pub(crate) fn tell(&mut self, msg: Msg) {
        for effect in update(&mut self.model, msg) {
            match effect {
                // The form asks by itself; only the stories about that answer it.
                Effect::Call { slot: Slot::LoginMethods, number, request } => {
                    self.methods = Some((Slot::LoginMethods, number, request));
                }
                Effect::Call { slot, number, request } => {
                    self.asked.push(request.clone());
                    self.waiting.push((slot, number, request));
                }
                Effect::DiscardInput => self.discarded += 1,
                Effect::Subscribe => self.subscribed += 1,
                other => self.effects.push(format!("{other:?}")),
            }
        }
    }

    /// Presses keys by name, separated by spaces; `space` is the space bar.
    pub(crate) fn press(&mut self, keys: &str) {
        for name in keys.split(' ') {
            self.tell(Msg::Key(key(name)));
        }
    }

    pub(crate) fn type_in(&mut self, text: &str) {
        for c in text.chars() {
            self.tell(Msg::Key(KeyEvent::from(KeyCode::Char(c))));
        }
    }

    pub(crate) fn later(&mut self, milliseconds: i64) {
        self.model.now += TimeDelta::milliseconds(milliseconds);
        self.tell(Msg::Tick);
    }

    pub(crate) fn answer(&mut self, (slot, number, _): &Waiting, result: Result<Answer, Failure>) {
        let took = Duration::from_millis(12);
        self.tell(Msg::Answer { slot: *slot, number: *number, took, result: Box::new(result) });
    }

    /// Answers requests until none is left.
    pub(crate) fn settle(&mut self) {
        while let Some(call) = (!self.waiting.is_empty()).then(|| self.waiting.remove(0)) {
            let result = self.serve(&call.2);
            self.answer(&call, result);
        }
    }

    /// Answers the request that was made first.
    pub(crate) fn settle_one(&mut self) {
        let call = self.waiting.remove(0);
        let result = self.serve(&call.2);
        self.answer(&call, result);
    }

    fn serve(&self, request: &Request) -> Result<Answer, Failure> {
        if let Some(failure) = &self.failing {
            return Err(failure.clone());
        }
        Ok(match request {
            Request::Login { .. } => Answer::Session(Box::new(session(self.role))),
            Request::SignOn(_) => Answer::Session(Box::new(signed_on(self.role))),
            Request::LoginMethods => Answer::LoginMethods(login_methods()),
            Request::Logout => Answer::LoggedOut,
            Request::WhoAmI => Answer::Operator(operator(self.role)),
            Request::Overview => Answer::Overview(Box::new(crate::overview_fixtures::overview())),
            Request::Tenants(_) => Answer::Tenants(page(tenants())),
            Request::Accounts(_, PageQuery { cursor, limit }) => {
                Answer::Accounts(account_page(self.accounts, cursor.as_deref(), *limit))
            }
            Request::Account(id) => {
                let n = (0..500).find(|n| account_id(*n) == *id).unwrap();
                Answer::Account(Box::new(detail(n)))
            }
            Request::AccountState(id) => Answer::AccountState(AccountState {
                id: *id,
                status: self.status.into(),
                status_reason: None,
                revocation: None,
            }),
            Request::TokenHolders(id) => Answer::TokenHolders(Box::new(holders(*id))),
            Request::Timeline(..) | Request::Audit(..) => events_answer(),
            Request::VerifyAudit(_) => Answer::Verified(AuditVerification {
                checked: 80,
                intact: self.status != AccountStatus::Revoked,
                broken_at: (self.status == AccountStatus::Revoked).then_some(41),
                finding: None,
            }),
            Request::Connectors(_) => Answer::Connectors(page(connectors())),
            Request::ApiKeys(_) => Answer::ApiKeys(page(api_keys())),
            Request::Operators(_) => Answer::Operators(page(vec![operator(Role::Admin)])),
            Request::Sessions(_) => Answer::Sessions(page(operator_sessions())),
            Request::Jobs(..) => Answer::Jobs(page(vec![self.job.job.clone()])),
            Request::JobItems(..) => Answer::JobItems(job_items(JobItemState::Failed, self.job.job.failed)),
            Request::Webhooks(_) => Answer::Webhooks(page(endpoints())),
            Request::Deliveries(..) => Answer::Deliveries(page(deliveries())),
            Request::Act(Act::Webhook { act, .. }) => Self::changed_webhook(act),
            Request::Act(Act::PrepareJob { wanted }) => {
                let total = wanted.accounts.as_ref().map_or(50, |ids| ids.len() as u64);
                Answer::Job(Box::new(job(JobState::Prepared, total, 0, 0)))
            }
            Request::Job(_)
            | Request::Act(
                Act::ConfirmJob { .. } | Act::ApproveJob { .. } | Act::RetryJob { .. } | Act::StopJob { .. },
            ) => Answer::Job(Box::new(self.job.clone())),
            Request::Act(act) => Self::changed(act),
        })
    }

    /// What the server returns once a change of an endpoint for webhooks is made.
    fn changed_webhook(act: &WebhookAct) -> Answer {
        match act {
            WebhookAct::Disable { id } => Answer::Webhook(Box::new(switched(*id, WebhookState::Disabled))),
            WebhookAct::Test { .. } => {
                Answer::WebhookTest(WebhookTest { event_id: deliveries()[0].event_id })
            }
            WebhookAct::Create { .. } | WebhookAct::Rotate { .. } => {
                Answer::NewWebhook(Box::new(new_endpoint()))
            }
            WebhookAct::Enable { id } | WebhookAct::Edit { id, .. } => {
                Answer::Webhook(Box::new(switched(*id, WebhookState::Enabled)))
            }
            WebhookAct::Resend { .. } | WebhookAct::ResendSince { .. } => {
                Answer::Resent(ResentWebhooks { events: 1 })
            }
            WebhookAct::Delete { .. } => Answer::Done,
        }
    }

    /// What the server returns once a change is made.
    fn changed(act: &Act) -> Answer {
        let account = |id: &AccountId, status| {
            let n = (0..500).find(|n| account_id(*n) == *id).unwrap();
            let mut summary = summary(n);
            summary.account.status = AccountStatus::into(status);
            Answer::Account(Box::new(detail_of(summary)))
        };
        match act {
            Act::Revoke { id, .. } => account(id, AccountStatus::Revoking),
            Act::SuspendAccount { id, .. } => account(id, AccountStatus::Suspended),
            Act::ResumeAccount { id, .. } => account(id, AccountStatus::Active),
            Act::RevokeApiKey { id, .. } => {
                let mut key = api_keys().into_iter().find(|key| key.id == *id).unwrap();
                key.revoked_at = Some(now());
                Answer::ApiKey(key)
            }
            Act::ResumeApiKey { id, .. } => {
                let key = api_keys().into_iter().find(|key| key.id == *id).unwrap();
                Answer::ApiKey(ApiKey { suspended: None, ..key })
            }
            Act::SetDrainStop { wanted, .. } => Answer::DrainStop(DrainStop {
                enabled: wanted.enabled,
                times: wanted.times.unwrap(),
                least: wanted.least.unwrap(),
                announced_until: None,
                announced_key: None,
            }),
            Act::AnnounceFetch { minutes, key, .. } => Answer::DrainStop(DrainStop {
                announced_until: Some(now() + TimeDelta::minutes((*minutes).into())),
                announced_key: *key,
                ..tenants()[1].drain_stop.unwrap()
            }),
            Act::ReplaceSecret { id, .. } => {
                let mut connector = connectors().into_iter().find(|connector| connector.id == *id).unwrap();
                (connector.status, connector.status_reason) = (ConnectorStatus::Active.into(), None);
                let secret_check = Some(SecretCheck::Accepted.into());
                Answer::ReplacedSecret(Box::new(ReplacedAppSecret { connector, secret_check }))
            }
            Act::EditConnector { id, edit, .. } => {
                let mut connector = connectors().into_iter().find(|connector| connector.id == *id).unwrap();
                connector.return_urls.clone_from(edit.return_urls.as_ref().unwrap());
                Answer::Connector(Box::new(connector))
            }
            Act::DisableOperator { .. } => {
                Answer::ChangedOperator(Operator { disabled_at: Some(now()), ..operator(Role::Admin) })
            }
            Act::FreezeTenant { reason, .. } => {
                let mut tenant = tenants().remove(0);
                tenant.frozen = Some(TenantFreeze { since: now(), by: None, reason: reason.clone() });
                Answer::Tenant(Box::new(tenant))
            }
            Act::EnableOperator { .. } => Answer::ChangedOperator(operator(Role::Admin)),
            Act::AddOperator { name, role, .. } => {
                Answer::AddedOperator(Operator { name: name.clone(), ..operator(*role) })
            }
            Act::SetRole { role, .. } => Answer::ChangedOperator(operator(*role)),
            Act::CreateApiKey { name, .. } => Answer::NewApiKey(Box::new(new_api_key(name))),
            Act::RotateApiKey { id, .. } => {
                let mut old = api_keys().into_iter().find(|key| key.id == *id).unwrap();
                old.expires_at = Some(now());
                Answer::RotatedApiKey(Box::new(RotatedApiKey { new: new_api_key(&old.name.clone()), old }))
            }
            Act::EndSession { .. } => Answer::SessionsEnded(1),
            other => panic!("no fixture for {other:?}"),
        }
    }

    /// When the client wakes up for anything else than the age of the last answer.
    pub(crate) fn asleep(&self) -> Option<DateTime<Utc>> {
        let ConnectionState::Live { at, .. } = self.model.connection else {
            return next_deadline(&self.model);
        };
        next_deadline(&self.model).filter(|wake| *wake - at != TimeDelta::seconds(15))
    }

    pub(crate) fn last_filter(&self) -> AccountSearch {
        let filter = |request: &Request| match request {
            Request::Accounts(filter, _) => Some(filter.clone()),
            _ => None,
        };
        self.asked.iter().rev().find_map(filter).unwrap()
    }

    pub(crate) fn revocations(&self) -> usize {
        self.asked.iter().filter(|r| matches!(r, Request::Act(Act::Revoke { .. }))).count()
    }

    pub(crate) fn toast(&self) -> &str {
        self.model.toast.as_ref().map_or("", |(text, _)| text)
    }

    /// The open dialog that makes a change.
    pub(crate) fn change_dialog(&self) -> &ChangeDialog {
        let dialog: &dyn Any = &**self.model.dialogs.last().expect("the dialog is gone");
        dialog.downcast_ref().expect("the dialog that makes a change")
    }

    /// The current view, which must be of this screen.
    pub(crate) fn view<S: 'static>(&self) -> &S {
        let screen: &dyn Any = self.model.screen();
        screen.downcast_ref().expect("another screen is shown")
    }

    pub(crate) fn accounts_view(&self) -> &Accounts {
        self.view()
    }

    pub(crate) fn account_view(&self) -> &Account {
        self.view()
    }

    pub(crate) fn end_of_id(&self) -> String {
        let id = self.model.screen().id().unwrap();
        id[id.len() - 6..].to_owned()
    }
}

/// A context with a saved session.
pub(crate) fn context(name: &str, server: &str, login: &str) -> KnownContext {
    let (name, server, login) = (name.into(), server.into(), login.into());
    KnownContext { name, server, login, prod: false, has_session: true }
}

pub(crate) fn setup() -> Setup {
    Setup {
        context: "prod".into(),
        server: "https://bowline.example".into(),
        name: "ops-1".into(),
        has_session: true,
        contexts: vec![
            context("prod", "https://bowline.example", "ops-1"),
            KnownContext { has_session: false, ..context("test", "http://127.0.0.1:8001", "ada") },
        ],
        ..Setup::default()
    }
}

pub(crate) fn key(name: &str) -> KeyEvent {
    let (name, modifiers) = match name.strip_prefix("ctrl-") {
        Some(rest) => (rest, KeyModifiers::CONTROL),
        None => (name, KeyModifiers::NONE),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "backspace" => KeyCode::Backspace,
        "pagedown" => KeyCode::PageDown,
        "pageup" => KeyCode::PageUp,
        "space" => KeyCode::Char(' '),
        _ => KeyCode::Char(name.chars().next().unwrap()),
    };
    KeyEvent::new(code, modifiers)
}
