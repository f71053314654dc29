//! The jobs: acts on many accounts, with their state and progress.

use bowline_api::admin::Job;
use bowline_api::status::JobState;
use chrono::{DateTime, TimeDelta, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request, TenantRef, has_ended};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::text::{count, short_id};
use crate::theme::Meaning;
use crate::when::{ago, stamp};
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::Problem;
use crate::widget::query_bar::only_tenant;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

use super::label::job_label;

/// The interval between polls while a job runs, in seconds.
const RUNNING_JOB_POLL_SECONDS: i64 = 2;

/// What can be done with a job, in the list and on its own screen.
pub(super) const ACTIONS: &[Action] = &[
    Action::Open,
    Action::Search,
    Action::ApproveJob,
    Action::StopJob,
    Action::RetryJob,
    Action::CopyId,
    Action::Columns,
];

/// The jobs of one tenant, or of all tenants.
#[derive(Debug, Default)]
pub struct Jobs {
    /// The rows, those of one tenant or of all tenants.
    pub list: QueriedList<Self>,
}

/// When something that is being worked off is asked for again: soon, if the server responds.
pub(super) fn poll_at(call: &CallState) -> Option<DateTime<Utc>> {
    let idle = !call.is_loading() && call.last_failure.is_none();
    call.as_of.filter(|_| idle).map(|at| at + TimeDelta::seconds(RUNNING_JOB_POLL_SECONDS))
}

/// What the actions of a job do with it: an open dialog, or why there is nothing to decide.
pub(super) fn decide(action: Action, job: Option<&Job>, sample: &[String]) -> Vec<Reaction> {
    match action {
        Action::ApproveJob => vec![change::confirm_job(job, sample)],
        Action::StopJob => vec![change::stop_job(job)],
        Action::RetryJob => vec![change::retry_job(job)],
        _ => Vec::new(),
    }
}

/// Whether this action can do something with a job in its state, or with none.
pub(super) fn offered(job: Option<&Job>, action: Action) -> bool {
    let Some(job) = job else {
        return !matches!(action, Action::Open | Action::CopyId) && !decides_about_job(action);
    };
    // The server decides about a state that only it knows.
    let Some(state) = job.state.known() else { return true };
    match action {
        Action::ApproveJob => matches!(state, JobState::Prepared | JobState::AwaitingApproval),
        Action::StopJob => !has_ended(job),
        Action::RetryJob => has_ended(job) && state != JobState::Cancelled && job.done < job.total,
        _ => true,
    }
}

fn decides_about_job(action: Action) -> bool {
    matches!(action, Action::ApproveJob | Action::StopJob | Action::RetryJob)
}

impl Listed for Jobs {
    type Row = Job;
    type Query = Option<TenantRef>;

    const COLUMNS: &'static [Column<Job>] = COLUMNS;
    const HELP: &'static str = "type / and tenant:NAME";
    const FILTERS: &'static [Filter] = &[Filter::TENANT];

    fn parse(text: &str) -> Result<Option<TenantRef>, Problem> {
        only_tenant("jobs", text)
    }

    fn sorted(_query: &Option<TenantRef>) -> Option<Sorted> {
        Some(Sorted { title: "ADDED", is_descending: true })
    }
}

impl Screen for Jobs {
    fn actions(&self) -> &'static [Action] {
        ACTIONS
    }

    fn list(&self) -> &dyn Queried {
        &self.list
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.list
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        if window.is_attended && self.poll_at().is_some_and(|at| at <= window.now) {
            self.list.rows.refresh();
        }
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|page| (ScreenPart::Rows, Request::Jobs(self.list.query.clone(), page)))
            .into_iter()
            .collect()
    }

    fn offers(&self, action: Action) -> bool {
        offered(self.list.rows.current(), action)
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Jobs(page) = answer {
            self.list.take(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        let Answer::Job(changed) = answer else { return };
        let is_known = self.list.rows.update(&changed.job, by_act);
        if by_act && !is_known {
            self.list.rows.restart();
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, self.list.rows.current()) {
            (Action::Open, Some(job)) => vec![Reaction::Go(Place::Job(job.id))],
            (action, job) => decide(action, job, &[]),
        }
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        let runs = self.list.rows.loaded().any(|job| job.state == JobState::Running);
        poll_at(&self.list.rows.call).filter(|_| runs)
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|job| job.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        let selected = self.list.rows.current().map(|job| job.tenant.clone());
        self.list.query.as_ref().map(ToString::to_string).or(selected)
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = self.list.details(around);
        if let Some(job) = self.list.rows.current() {
            pairs.push(("ID".to_owned(), job.id.to_string(), Meaning::Text));
            pairs.push(("PREPARED".to_owned(), stamp(job.created_at), Meaning::Text));
        }
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("jobs list").option("tenant", self.list.query.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let whose = self.list.query.as_ref().map_or_else(|| "all tenants".to_owned(), ToString::to_string);
        canvas.line(area, 0, &[(&format!("jobs › {whose}"), Meaning::Heading)]);
        let empty = "there is no job: mark accounts with space, v or *, and press R";
        self.list.draw(around, canvas, area, empty);
    }
}

/// How far a job is, in numbers.
pub(super) fn progress(job: &Job) -> String {
    let failed = if job.failed == 0 { String::new() } else { format!(", {} failed", count(job.failed)) };
    format!("{} of {}{failed}", count(job.done), count(job.total))
}

const COLUMNS: &[Column<Job>] = &[
    Column { title: "STATE", min_width: 0, size: Size::Fixed(19), cell: |job_row, _| job_label(job_row) },
    Column {
        title: "DONE",
        min_width: 0,
        size: Size::Share(2),
        cell: |job_row, _| {
            (progress(job_row), if job_row.failed > 0 { Meaning::Warn } else { Meaning::Text })
        },
    },
    Column {
        title: "TENANT",
        min_width: 0,
        size: Size::Fixed(12),
        cell: |job_row, _| (job_row.tenant.clone(), Meaning::Text),
    },
    Column {
        title: "REASON",
        min_width: 80,
        size: Size::Share(3),
        cell: |job_row, _| (job_row.reason.clone(), Meaning::Text),
    },
    Column {
        title: "BY",
        min_width: 80,
        size: Size::Fixed(12),
        cell: |job_row, _| (job_row.created_by.clone(), Meaning::Muted),
    },
    Column {
        title: "ADDED",
        min_width: 0,
        size: Size::Fixed(7),
        cell: |job_row, at| (ago(at.now, job_row.created_at), Meaning::Muted),
    },
    Column {
        title: "JOB",
        min_width: 120,
        size: Size::Fixed(15),
        cell: |job_row, _| (short_id(&job_row.id.to_string()), Meaning::Muted),
    },
];
