//! What was delivered to an endpoint for webhooks: each event, whether it was accepted, and what the last answer was.

use bowline_api::status::WebhookDeliveryState;
use bowline_api::v1::WebhookDelivery;
use bowline_api::{AnyOf, WebhookEndpointId};
use chrono::{DateTime, TimeDelta, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request, TenantRef};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::{relative, stamp};
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::{Problem, unknown_key, words};
use crate::widget::query_bar::tenant;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

use super::jobs::poll_at;
use super::label::delivery_label;

/// What is tried again within this time is waited for, in seconds.
const RETRY_SOON_SECONDS: i64 = 3;

/// What was delivered to an endpoint.
#[derive(Debug, Default)]
pub struct Deliveries {
    /// The deliveries of one endpoint, all or those in some states.
    pub list: QueriedList<Self>,
}

/// Whose deliveries are shown, and which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The tenant.
    pub tenant: Option<TenantRef>,
    /// Its endpoint.
    pub endpoint: Option<WebhookEndpointId>,
    /// In any of these states; all if none.
    pub state: Option<AnyOf<WebhookDeliveryState>>,
}

impl Wanted {
    fn delivery_place(&self) -> Option<(&TenantRef, WebhookEndpointId)> {
        self.tenant.as_ref().zip(self.endpoint)
    }
}

impl Listed for Deliveries {
    type Row = WebhookDelivery;
    type Query = Wanted;

    const COLUMNS: &'static [Column<WebhookDelivery>] = COLUMNS;
    const HELP: &'static str = "the list of webhooks leads to those of an endpoint";
    const FILTERS: &'static [Filter] = &[
        Filter::TENANT,
        Filter::free("endpoint", "of this endpoint: whe_…"),
        Filter::any_of("state", delivery_states, "waiting, delivered or skipped, or any: waiting,skipped"),
    ];
    const KEEPS_ROWS: bool = false;

    fn parse(text: &str) -> Result<Wanted, Problem> {
        let mut wanted = Wanted::default();
        for word in words(text) {
            match word.key.as_deref() {
                Some("tenant") => wanted.tenant = Some(tenant(&word)?),
                Some("endpoint") => {
                    let id = word.value.parse().map_err(|_| word.problem("endpoint: needs an id, whe_…"))?;
                    wanted.endpoint = Some(id);
                }
                Some("state") => {
                    let parsed = word.value.to_lowercase().parse();
                    let state: AnyOf<WebhookDeliveryState> = parsed
                        .map_err(|_| word.problem("state: must be one of waiting, delivered, skipped"))?;
                    wanted.state = Some(wanted.state.map_or(state.clone(), |earlier| earlier.or(&state)));
                }
                Some(_) => return Err(unknown_key(&word, Self::FILTERS, false)),
                None => {
                    return Err(word
                        .problem("deliveries can only be filtered by state:waiting, delivered or skipped"));
                }
            }
        }
        Ok(wanted)
    }

    fn sorted(_query: &Wanted) -> Option<Sorted> {
        Some(Sorted { title: "HAPPENED", is_descending: true })
    }
}

fn delivery_states() -> Vec<&'static str> {
    WebhookDeliveryState::ALL.iter().map(|state| state.as_str()).collect()
}

impl Screen for Deliveries {
    fn actions(&self) -> &'static [Action] {
        &[Action::Search, Action::SendAgain, Action::SendAllAgain, Action::CopyId, Action::Columns]
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
        let Some((tenant, endpoint)) = self.list.query.delivery_place() else { return Vec::new() };
        let (tenant, state) = (tenant.clone(), self.list.query.state.clone());
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|page| (ScreenPart::Rows, Request::Deliveries(tenant, endpoint, state, page)))
            .into_iter()
            .collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Deliveries(page) = answer {
            self.list.take(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        if by_act && matches!(answer, Answer::Resent(_) | Answer::WebhookTest(_) | Answer::Webhook(_)) {
            self.list.rows.refresh();
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        let Some((tenant, endpoint)) = self.list.query.delivery_place() else { return Vec::new() };
        match action {
            Action::SendAgain => vec![change::send_again(tenant, endpoint, self.list.rows.current())],
            Action::SendAllAgain => vec![change::send_all_again(tenant, endpoint, self.list.rows.current())],
            _ => Vec::new(),
        }
    }

    fn offers(&self, action: Action) -> bool {
        let is_about_row = [Action::SendAgain, Action::SendAllAgain, Action::CopyId].contains(&action);
        !is_about_row || self.list.rows.current().is_some()
    }

    /// What is on its way is asked for again, because its outcome is known soon.
    fn poll_at(&self) -> Option<DateTime<Utc>> {
        let call = &self.list.rows.call;
        let soon = call.as_of? + TimeDelta::seconds(RETRY_SOON_SECONDS);
        let is_due =
            |delivery_row: &WebhookDelivery| delivery_row.next_attempt_at.is_some_and(|at| at <= soon);
        poll_at(call).filter(|_| self.list.rows.loaded().any(is_due))
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|delivery_row| delivery_row.event_id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.list.query.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, _around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let Some(delivery_row) = self.list.rows.current() else { return Vec::new() };
        let pair = |label: &str, text: &str| (label.to_owned(), text.to_owned(), Meaning::Text);
        let (state, meaning) = delivery_label(delivery_row);
        let mut pairs = vec![
            pair("type", &delivery_row.kind),
            ("state".to_owned(), state, meaning),
            pair("happened", &stamp(delivery_row.occurred_at)),
            pair("attempts", &delivery_row.attempts.to_string()),
        ];
        pairs.extend(delivery_row.attempted_at.map(|at| pair("tried last", &stamp(at))));
        pairs.extend(delivery_row.next_attempt_at.map(|at| pair("tried next", &stamp(at))));
        pairs.push(pair("outcome", &delivery_outcome(delivery_row)));
        pairs.extend(delivery_row.duration_ms.map(|ms| pair("took", &format!("{ms} ms"))));
        pairs.push(pair("event", &delivery_row.event_id.to_string()));
        pairs.extend(delivery_row.answer.as_deref().map(|answer| pair("answer begins", answer)));
        pairs
    }

    fn command(&self) -> CommandLine {
        let endpoint = self.list.query.endpoint.map(|id| id.to_string()).unwrap_or_default();
        CommandLine::new(format!("webhooks deliveries {endpoint}").trim_end())
            .option("tenant", self.list.query.tenant.as_ref())
            .option("state", self.list.query.state.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let (whose, endpoint) = match self.list.query.delivery_place() {
            Some((tenant, endpoint)) => (tenant.to_string(), endpoint.to_string()),
            None => ("choose an endpoint".to_owned(), String::new()),
        };
        let pieces =
            [(&*format!("webhooks › {whose} › deliveries "), Meaning::Heading), (&*endpoint, Meaning::Muted)];
        canvas.line(area, 0, &pieces);
        let empty = match (self.list.query.delivery_place(), &self.list.query.state) {
            (None, _) => "no endpoint is chosen: enter on one of the list of webhooks leads here",
            (_, Some(_)) => "no delivery is in this state; / changes the query",
            _ => "there are no events for this endpoint; they are kept for 30 days, account.changed for 3",
        };
        self.list.draw(around, canvas, area, empty);
    }
}

/// The status of the last answer, or why there was none.
fn delivery_outcome(delivery_row: &WebhookDelivery) -> String {
    match (delivery_row.status, &delivery_row.error) {
        (Some(status), _) => status.to_string(),
        (None, Some(error)) => error.replace('_', " "),
        (None, None) => "–".to_owned(),
    }
}

const COLUMNS: &[Column<WebhookDelivery>] = &[
    Column {
        title: "STATE",
        min_width: 0,
        size: Size::Fixed(11),
        cell: |delivery_row, _| delivery_label(delivery_row),
    },
    Column {
        title: "TYPE",
        min_width: 0,
        size: Size::Fixed(24),
        cell: |delivery_row, _| (delivery_row.kind.clone(), Meaning::Text),
    },
    Column {
        title: "HAPPENED",
        min_width: 0,
        size: Size::Fixed(10),
        cell: |delivery_row, at| (relative(at.now, delivery_row.occurred_at), Meaning::Text),
    },
    Column {
        title: "TRIES",
        min_width: 70,
        size: Size::Fixed(5),
        cell: |delivery_row, _| (delivery_row.attempts.to_string(), Meaning::Muted),
    },
    Column {
        title: "OUTCOME",
        min_width: 0,
        size: Size::Fixed(18),
        cell: |delivery_row, _| (delivery_outcome(delivery_row), delivery_label(delivery_row).1),
    },
    Column {
        title: "NEXT",
        min_width: 90,
        size: Size::Fixed(10),
        cell: |delivery_row, at| {
            (
                delivery_row.next_attempt_at.map(|next| relative(at.now, next)).unwrap_or_default(),
                Meaning::Muted,
            )
        },
    },
    Column {
        title: "ANSWER",
        min_width: 100,
        size: Size::Share(1),
        cell: |delivery_row, _| (delivery_row.answer.clone().unwrap_or_default(), Meaning::Muted),
    },
    Column {
        title: "EVENT",
        min_width: 130,
        size: Size::Fixed(15),
        cell: |delivery_row, _| (short_id(&delivery_row.event_id.to_string()), Meaning::Muted),
    },
];
