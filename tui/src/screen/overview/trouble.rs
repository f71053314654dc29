//! What the overview says that does not work now, and the jobs: one row each, and where the row leads.

use bowline_api::admin::{FailingConnector, FailingWebhook, Job, LateWorker, Overview, PendingRevocations};
use bowline_api::status::{ConnectorStatus, WebhookState};
use bowline_api::{ConnectorId, JobId, WebhookEndpointId};
use chrono::{DateTime, Utc};

use crate::dialog::details::Details;
use crate::interface::dialog::Reaction;
use crate::registry::place::Place;
use crate::screen::label::why_disabled;
use crate::text::count;
use crate::theme::Meaning;
use crate::when::{ago, relative};
use crate::widget::query::with_word;
use crate::widget::row::Row;

/// Pieces of text with their meanings, one after another.
pub(super) type OverviewLine = Vec<(String, Meaning)>;

/// Something that does not work now, or a job.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// A connector that does not work.
    Connector(FailingConnector),
    /// There are more connectors that do not work.
    MoreConnectors,
    /// Revocations that the provider has not confirmed although it was asked.
    Retried(PendingRevocations),
    /// This many revocations were given up.
    GivenUp(u64),
    /// A worker that does not keep up, and its place among them.
    Worker(usize, LateWorker),
    /// An endpoint for webhooks that accepts nothing, or that the server has disabled.
    Webhook(FailingWebhook),
    /// There are more such endpoints.
    MoreWebhooks,
    /// A job that runs or waits for a second operator.
    Job(Box<Job>),
}

/// What identifies a [`Trouble`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TroubleId {
    /// A connector.
    Connector(ConnectorId),
    /// The connectors that are not listed.
    MoreConnectors,
    /// All revocations that wait.
    Retried,
    /// All revocations that were given up.
    GivenUp,
    /// The worker at this place.
    Worker(usize),
    /// An endpoint for webhooks.
    Webhook(WebhookEndpointId),
    /// The endpoints that are not listed.
    MoreWebhooks,
    /// A job.
    Job(JobId),
}

impl Row for Trouble {
    type Id = TroubleId;

    fn row_id(&self) -> TroubleId {
        match self {
            Self::Connector(failing_row) => TroubleId::Connector(failing_row.id),
            Self::MoreConnectors => TroubleId::MoreConnectors,
            Self::Retried(_) => TroubleId::Retried,
            Self::GivenUp(_) => TroubleId::GivenUp,
            Self::Worker(place, _) => TroubleId::Worker(*place),
            Self::Webhook(failing_row) => TroubleId::Webhook(failing_row.id),
            Self::MoreWebhooks => TroubleId::MoreWebhooks,
            Self::Job(job) => TroubleId::Job(job.id),
        }
    }
}

impl Trouble {
    /// Everything that does not work, and then the jobs.
    pub(super) fn all(facts: &Overview) -> Vec<Self> {
        let mut all = Vec::new();
        if let Some(failing) = &facts.failing {
            all.extend(failing.connectors.iter().cloned().map(Self::Connector));
            all.extend(failing.more_connectors.then_some(Self::MoreConnectors));
            let pending = failing.revocations;
            all.extend((pending.retried > 0).then_some(Self::Retried(pending)));
            all.extend((pending.given_up > 0).then_some(Self::GivenUp(pending.given_up)));
            all.extend(failing.workers.iter().cloned().enumerate().map(|(at, late)| Self::Worker(at, late)));
            all.extend(failing.webhooks.iter().cloned().map(Self::Webhook));
            all.extend(failing.more_webhooks.then_some(Self::MoreWebhooks));
        }
        all.extend(facts.jobs.iter().cloned().map(|job| Self::Job(Box::new(job))));
        all
    }

    pub(super) fn is_job(&self) -> bool {
        matches!(self, Self::Job(_))
    }

    /// What it is, in one line.
    pub(super) fn line(&self, now: DateTime<Utc>) -> OverviewLine {
        let plain = |text: String, meaning| vec![(text, meaning)];
        match self {
            Self::Connector(failing_row) => connector_line(failing_row, now),
            Self::MoreConnectors => plain("… and more connectors".to_owned(), Meaning::Muted),
            Self::Retried(pending) => {
                let text = format!(
                    "▲ revocations: {} of {} that wait have failed before, the oldest for {} min",
                    count(pending.retried),
                    count(pending.due),
                    pending.oldest_seconds / 60
                );
                plain(text, Meaning::Warn)
            }
            Self::GivenUp(number) => {
                plain(format!("✕ revocations: {} given up within 24 h", count(*number)), Meaning::Bad)
            }
            Self::Worker(_, late) => {
                let text = format!("▲ worker {}: its oldest work waits for {} s", late.worker, late.seconds);
                plain(text, Meaning::Warn)
            }
            Self::Webhook(failing_row) => webhook_line(failing_row, now),
            Self::MoreWebhooks => plain("… and more webhook endpoints".to_owned(), Meaning::Muted),
            Self::Job(job) => job_line(job),
        }
    }

    /// Where it leads.
    pub(super) fn open(&self) -> Vec<Reaction> {
        let find = |place, query: String| vec![Reaction::Find { place, query }];
        let of_tenant = |what: &str| {
            let text = format!("the screen of {what} lists those of the tenant that is selected here");
            vec![Reaction::Go(Place::Tenants), Reaction::Notify(text)]
        };
        match self {
            Self::Connector(failing_row) => {
                find(Place::Connectors, with_word(&failing_row.id.to_string(), "tenant", &failing_row.tenant))
            }
            Self::MoreConnectors => of_tenant("connectors"),
            Self::MoreWebhooks => of_tenant("webhook endpoints"),
            Self::Webhook(failing_row) => {
                let query = with_word(&format!("endpoint:{}", failing_row.id), "tenant", &failing_row.tenant);
                find(Place::Deliveries, query)
            }
            Self::Retried(_) => find(Place::Accounts, "status:revoking".to_owned()),
            Self::GivenUp(_) => {
                find(Place::Audit, "tenant:* action:account.revocation_given_up since:24h".to_owned())
            }
            Self::Worker(_, late) => {
                vec![Reaction::Open(Box::new(Details::new(" worker ", known_of_worker(late))))]
            }
            Self::Job(job) => vec![Reaction::Go(Place::Job(job.id))],
        }
    }

    /// The id that can be copied, if it has one.
    pub(super) fn id(&self) -> Option<String> {
        match self {
            Self::Connector(failing_row) => Some(failing_row.id.to_string()),
            Self::Webhook(failing_row) => Some(failing_row.id.to_string()),
            Self::Job(job) => Some(job.id.to_string()),
            _ => None,
        }
    }

    /// The tenant that it is about, if it is one alone.
    pub(super) fn tenant(&self) -> Option<String> {
        match self {
            Self::Connector(failing_row) => Some(failing_row.tenant.clone()),
            Self::Webhook(failing_row) => Some(failing_row.tenant.clone()),
            Self::Job(job) => Some(job.tenant.clone()),
            _ => None,
        }
    }
}

fn connector_line(failing_row: &FailingConnector, now: DateTime<Utc>) -> OverviewLine {
    let (sign, why, meaning) = match (failing_row.status.known(), failing_row.paused_until) {
        (Some(ConnectorStatus::Broken), _) => {
            ("✕", failing_row.status_reason.clone().unwrap_or_default(), Meaning::Bad)
        }
        (_, Some(until)) => ("▲", format!("paused, tried {}", relative(now, until)), Meaning::Warn),
        (_, None) => ("▲", "paused after failures".to_owned(), Meaning::Warn),
    };
    vec![
        (format!("{sign} connector {}", failing_row.name), meaning),
        (format!(" · {}", failing_row.tenant), Meaning::Text),
        (format!(" · {why}"), Meaning::Muted),
    ]
}

fn webhook_line(failing_row: &FailingWebhook, now: DateTime<Utc>) -> OverviewLine {
    let since = failing_row.failing_since.map(|since| format!("failing for {}", ago(now, since)));
    let (sign, why, meaning) = match (failing_row.state.known(), failing_row.state_reason.as_deref()) {
        (Some(WebhookState::Disabled), reason) => {
            ("✕", format!("disabled: {}", why_disabled(reason.unwrap_or("no reason given"))), Meaning::Bad)
        }
        _ => ("▲", since.unwrap_or_else(|| "it accepts nothing".to_owned()), Meaning::Warn),
    };
    vec![
        (format!("{sign} webhook {}", failing_row.url), meaning),
        (format!(" · {}", failing_row.tenant), Meaning::Text),
        (format!(" · {why}"), Meaning::Muted),
    ]
}

fn job_line(job: &Job) -> OverviewLine {
    let failed = if job.failed > 0 { format!(", {} failed", count(job.failed)) } else { String::new() };
    vec![
        (format!("{} {}", job.kind, job.tenant), Meaning::Text),
        (format!(" · {}", job.state), Meaning::Busy),
        (format!(" · {} of {}{failed}", count(job.done), count(job.total)), Meaning::Muted),
    ]
}

/// What is known about a worker that does not keep up.
fn known_of_worker(late: &LateWorker) -> Vec<(String, String, Meaning)> {
    let pair = |label: &str, text: &str| (label.to_owned(), text.to_owned(), Meaning::Text);
    let work = match late.worker.as_str() {
        "revocations" => {
            "asks Dropbox to end the grants of revoked accounts; no token of them is issued meanwhile"
        }
        "jobs" => "works off jobs on many accounts, such as revoking all that match a query",
        "link_sessions" => {
            "ends link sessions whose time is over, and revokes grants that nobody has completed"
        }
        "token_repeats" => {
            "adds up how often a token was given to the same API key, for the list of its holders"
        }
        _ => "this bowline does not know what it does: update it",
    };
    vec![
        pair("name", &late.worker),
        ("waits".to_owned(), format!("its oldest work has waited for {} s", late.seconds), Meaning::Warn),
        pair("its work", work),
        pair(
            "what next",
            "see whether every replica runs, and what their logs and metrics say under this name; one that is busy \
             catches up by itself",
        ),
    ]
}
