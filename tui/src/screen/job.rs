//! One job: what it does, how far it is, and its accounts, those that failed first of all.

use bowline_api::admin::{JobDetail, JobItem};
use bowline_api::status::{JobItemState, JobState};
use bowline_api::{AnyOf, JobId};
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::change::sample_lines;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::text::count;
use crate::theme::Meaning;
use crate::when::{clock, stamp};
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::queried_list::{Listed, Queried, QueriedList, Unapplied};
use crate::widget::query::{Problem, words};
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size};
use crate::widget::text_field::TextField;

use super::jobs::{ACTIONS, decide, offered, poll_at, progress};
use super::label::{UNKNOWN, job_label};

/// The lines between the query line and the accounts.
const JOB_FACT_ROWS: u16 = 4;
/// The width of the bar that shows the progress, in columns.
const PROGRESS_BAR_COLUMNS: u64 = 20;

/// One job.
#[derive(Debug)]
pub struct Job {
    /// The job that is shown; `None` until one was opened.
    pub id: Option<JobId>,
    /// The state of the calls for the job itself.
    pub call: CallState,
    /// The job, once it is loaded.
    pub detail: Option<JobDetail>,
    /// The accounts, those in some states or all.
    pub items: QueriedList<Self>,
}

impl Default for Job {
    fn default() -> Self {
        // What failed is what somebody has to look at.
        let mut items: QueriedList<Self> = QueriedList::default();
        items.bar.field = TextField::new("state:failed");
        items.apply_query();
        Self { id: None, call: CallState::default(), detail: None, items }
    }
}

impl Listed for Job {
    type Row = JobItem;
    type Query = Option<AnyOf<JobItemState>>;

    const COLUMNS: &'static [Column<JobItem>] = COLUMNS;
    const HELP: &'static str = "all its accounts; type / and state:failed, state:waiting or state:done";
    const FILTERS: &'static [Filter] =
        &[Filter::any_of("state", job_item_states, "failed, waiting or done, or any: failed,waiting")];

    fn parse(text: &str) -> Result<Option<AnyOf<JobItemState>>, Problem> {
        let mut state: Option<AnyOf<JobItemState>> = None;
        for word in words(text) {
            match word.key.as_deref() {
                Some("state") => {
                    let parsed = word.value.to_lowercase().parse();
                    let wanted: AnyOf<JobItemState> =
                        parsed.map_err(|_| word.problem("state: must be one of waiting, done, failed"))?;
                    state = Some(state.map_or(wanted.clone(), |earlier| earlier.or(&wanted)));
                }
                _ => {
                    return Err(word.problem(
                        "the accounts of a job can only be filtered by state:failed, waiting or done",
                    ));
                }
            }
        }
        Ok(state)
    }
}

fn job_item_states() -> Vec<&'static str> {
    JobItemState::ALL.iter().map(|state| state.as_str()).collect()
}

impl Screen for Job {
    fn actions(&self) -> &'static [Action] {
        ACTIONS
    }

    fn enter(&mut self, place: Place) {
        if let Place::Job(id) = place {
            if self.id != Some(id) {
                *self = Self { id: Some(id), ..Self::default() };
            }
            self.refresh();
        }
    }

    /// What the job does and how far it is stands above its accounts.
    fn is_list(&self) -> bool {
        false
    }

    fn list(&self) -> &dyn Queried {
        &self.items
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.items
    }

    fn call_mut(&mut self, part: ScreenPart) -> Option<&mut CallState> {
        match part {
            ScreenPart::Detail => Some(&mut self.call),
            ScreenPart::Rows => Some(&mut self.items.rows.call),
            ScreenPart::Aside => None,
        }
    }

    fn calls(&self) -> Vec<&CallState> {
        vec![&self.call, &self.items.rows.call]
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        let Some(id) = self.id else { return Vec::new() };
        let mut requests = Vec::new();
        let due = window.is_attended && self.poll_at().is_some_and(|at| at <= window.now);
        let is_wanted = due || self.call.as_of.is_none() || self.call.last_failure.is_some();
        if is_wanted && self.call.may_start(window.now) {
            requests.push((ScreenPart::Detail, Request::Job(id)));
        }
        let page = self.items.rows.next_page(window.now, item_rows(window));
        requests.extend(
            page.map(|page| (ScreenPart::Rows, Request::JobItems(id, self.items.query.clone(), page))),
        );
        requests
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        match answer {
            Answer::Job(detail) => return vec![Reaction::Changed(Box::new(Answer::Job(detail)))],
            Answer::JobItems(page) => self.items.take(page, item_rows(window)),
            _ => {}
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, _by_act: bool) {
        let Answer::Job(changed) = answer else { return };
        if self.id != Some(changed.job.id) {
            return;
        }
        let counts = |detail: &JobDetail| (detail.job.done, detail.job.failed);
        if self.detail.as_ref().is_some_and(|known| counts(known) != counts(changed)) {
            self.items.rows.refresh();
        }
        self.detail = Some((**changed).clone());
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        if action == Action::Open {
            let id = self.items.rows.current().map(|item| item.account_id);
            return id.map(|id| Reaction::Go(Place::Account(id))).into_iter().collect();
        }
        let sample: Vec<String> = self.detail.iter().flat_map(sample_lines).collect();
        decide(action, self.detail.as_ref().map(|detail| &detail.job), &sample)
    }

    /// The job itself does not depend on the query for its accounts.
    fn refusal(&self, action: Action) -> Option<&'static str> {
        self.items.unapplied().filter(|_| action == Action::Open).map(Unapplied::why)
    }

    fn offers(&self, action: Action) -> bool {
        match action {
            Action::Open => self.items.rows.current().is_some(),
            Action::CopyId => true,
            action => offered(self.detail.as_ref().map(|detail| &detail.job), action),
        }
    }

    fn list_height(&self, window: &Window) -> usize {
        item_rows(window)
    }

    fn refresh(&mut self) {
        self.call = CallState::default();
        self.items.rows.refresh();
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        let job = self
            .detail
            .as_ref()
            .filter(|detail| detail.job.state == JobState::Running || detail.pending_at_provider > 0);
        job.and_then(|_| poll_at(&self.call))
    }

    fn id(&self) -> Option<String> {
        self.id.map(|id| id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.detail.as_ref().map(|detail| detail.job.tenant.clone())
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = self.items.details(around);
        let Some(detail) = &self.detail else { return pairs };
        let pair = |label: &str, text: String| (label.to_owned(), text, Meaning::Text);
        let job = &detail.job;
        let (state, meaning) = job_label(job);
        pairs.extend([
            ("job".to_owned(), state, meaning),
            pair("done", progress(job)),
            pair("what next", next_step_of_job(detail, around).0),
            pair("tenant", job.tenant.clone()),
            pair("reason", job.reason.clone()),
            pair("prepared", format!("{} by {}", stamp(job.created_at), job.created_by)),
        ]);
        pairs.extend(job.confirmed_at.map(|at| pair("confirmed", stamp(at))));
        pairs.extend(job.approved_by.clone().map(|name| pair("approved", format!("by {name}"))));
        pairs.extend(job.finished_at.map(|at| pair("ended", stamp(at))));
        pairs.push(pair("id", job.id.to_string()));
        pairs.extend(sample_lines(detail).into_iter().map(|line| pair("for example", line)));
        pairs
    }

    fn command(&self) -> CommandLine {
        let id = self.id().unwrap_or_default();
        CommandLine::new(&format!("jobs items {id}")).option("state", self.items.query.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        canvas.line(area, 0, &[(&format!("jobs › {}", self.id().unwrap_or_default()), Meaning::Heading)]);
        if let Some(detail) = &self.detail {
            draw_facts(around, canvas, Rect { y: area.y + 3, height: JOB_FACT_ROWS, ..area }, detail);
        }
        let empty = match self.items.query.as_ref().map(AnyOf::single) {
            Some(Some(JobItemState::Failed)) => "no account of this job has failed; esc shows all",
            Some(_) => "no account of this job is in this state; esc shows all",
            None => "this job has no accounts",
        };
        self.items.draw_below(around, canvas, area, JOB_FACT_ROWS, empty);
    }
}

/// What the job is and how far, above its accounts.
fn draw_facts(around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect, detail: &JobDetail) {
    let job = &detail.job;
    let (state, meaning) = job_label(job);
    let filled = job.done.saturating_add(job.failed).saturating_mul(PROGRESS_BAR_COLUMNS) / job.total.max(1);
    let filled = filled.min(PROGRESS_BAR_COLUMNS);
    let bar = format!(
        "  [{}{}]  ",
        "#".repeat(to_usize(filled)),
        "·".repeat(to_usize(PROGRESS_BAR_COLUMNS - filled))
    );
    canvas.line(
        area,
        0,
        &[(&state, meaning), (&bar, Meaning::Muted), (&format!("done: {}", progress(job)), Meaning::Text)],
    );
    let who = format!("tenant {} · prepared {} by {}", job.tenant, stamp(job.created_at), job.created_by);
    canvas.line(area, 1, &[(&who, Meaning::Muted)]);
    canvas.line(area, 2, &[("reason: ", Meaning::Muted), (&job.reason, Meaning::Text)]);
    let (text, meaning) = next_step_of_job(detail, around);
    canvas.line(area, 3, &[(&text, meaning)]);
}

fn to_usize(n: u64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

/// The rows that are left for the accounts.
fn item_rows(window: &Window) -> usize {
    window.rows.saturating_sub(usize::from(JOB_FACT_ROWS)).max(1)
}

/// What is there to do about a job, in words.
fn next_step_of_job(detail: &JobDetail, around: &Surroundings<'_>) -> (String, Meaning) {
    let job = &detail.job;
    let key = |action| around.keymap.first_key(action).unwrap_or_default();
    let left = job.total - job.done.min(job.total);
    let partial = || {
        let text = format!(
            "▲ partly done: {} of {} are revoked, {} failed, {} were not tried; {} tries what is left",
            count(job.done),
            count(job.total),
            count(job.failed),
            count(left - job.failed.min(left)),
            key(Action::RetryJob)
        );
        (text, Meaning::Warn)
    };
    match job.state.known() {
        Some(JobState::Prepared) => {
            let (until, key) = (clock(job.expires_at), key(Action::ApproveJob));
            (format!("nothing is done yet; {key} confirms it, until {until}"), Meaning::Warn)
        }
        Some(JobState::AwaitingApproval) => {
            let (until, key) = (clock(job.expires_at), key(Action::ApproveJob));
            (format!("another operator has to approve it with {key}, until {until}"), Meaning::Warn)
        }
        Some(JobState::Running) => {
            (format!("{} stops it; what is done stays done", key(Action::StopJob)), Meaning::Muted)
        }
        Some(JobState::Cancelled) => ("nothing was done".to_owned(), Meaning::Muted),
        Some(JobState::Stopped | JobState::Finished) if left > 0 => partial(),
        Some(JobState::Stopped | JobState::Finished) if detail.pending_at_provider > 0 => {
            let pending = count(detail.pending_at_provider);
            (format!("no token is issued any more; Dropbox still has to end {pending} grants"), Meaning::Busy)
        }
        Some(JobState::Stopped | JobState::Finished) => {
            ("✓ all are revoked, here and at Dropbox".to_owned(), Meaning::Good)
        }
        None => (format!("{UNKNOWN} {}: update bowline to see what that means", job.state), Meaning::Muted),
    }
}

const COLUMNS: &[Column<JobItem>] = &[
    Column {
        title: "STATE",
        min_width: 0,
        size: Size::Fixed(10),
        cell: |row, _| {
            let (sign, meaning) = match row.state.known() {
                Some(JobItemState::Waiting) => ("○", Meaning::Muted),
                Some(JobItemState::Done) => ("✓", Meaning::Good),
                Some(JobItemState::Failed) => ("✕", Meaning::Bad),
                None => (UNKNOWN, Meaning::Muted),
            };
            (format!("{sign} {}", row.state), meaning)
        },
    },
    Column {
        title: "ACCOUNT",
        min_width: 0,
        size: Size::Fixed(32),
        cell: |row, _| (row.account_id.to_string(), Meaning::Text),
    },
    Column {
        title: "ERROR",
        min_width: 0,
        size: Size::Share(1),
        cell: |row, _| (row.error.clone().unwrap_or_default(), Meaning::Warn),
    },
];
