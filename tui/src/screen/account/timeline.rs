//! An account's timeline as cards; what repeats is one card.

use bowline_api::admin::AuditEvent;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::screen::label::{action_meaning, actor_label, fact_text};
use crate::text::sanitize;
use crate::theme::Meaning;
use crate::when::{relative, stamp};
use crate::widget::canvas::wrap;
use crate::widget::list::List;

/// Pieces of text with their meanings, one after another.
pub(super) type TimelineLine = Vec<(String, Meaning)>;

/// Consecutive events in which the same actor did the same with the same details, the newest first.
struct Card<'a> {
    newest: &'a AuditEvent,
    oldest: &'a AuditEvent,
    count: usize,
}

/// The detail that names a call at the provider, which its support asks for.
const PROVIDER_REQUEST: &str = "provider_request";

/// What the event says besides that.
fn told_by_event(event: &AuditEvent) -> impl Iterator<Item = (&String, &Value)> {
    event.detail.iter().filter(|(name, _)| *name != PROVIDER_REQUEST)
}

/// Whether two events differ in nothing but their time, and in what a provider calls its part of each.
fn is_repeated(one: &AuditEvent, other: &AuditEvent) -> bool {
    one.action == other.action
        && one.actor == other.actor
        && one.subject == other.subject
        && told_by_event(one).eq(told_by_event(other))
}

fn timeline_cards<'a>(events: impl Iterator<Item = &'a AuditEvent>) -> Vec<Card<'a>> {
    let mut cards: Vec<Card<'a>> = Vec::new();
    for event in events {
        match cards.last_mut().filter(|card| is_repeated(card.oldest, event)) {
            Some(card) => {
                card.oldest = event;
                card.count += 1;
            }
            None => cards.push(Card { newest: event, oldest: event, count: 1 }),
        }
    }
    cards
}

/// The lines of all cards.
pub(super) fn lines<'a>(
    events: impl Iterator<Item = &'a AuditEvent>,
    now: DateTime<Utc>,
    columns: u16,
) -> Vec<TimelineLine> {
    timeline_cards(events).iter().flat_map(|card| card_lines(card, now, columns)).collect()
}

fn card_lines(card: &Card<'_>, now: DateTime<Utc>, columns: u16) -> Vec<TimelineLine> {
    let event = card.newest;
    let meaning = action_meaning(&event.action);
    let mut title = vec![
        ("● ".to_owned(), meaning),
        (event.action.clone(), meaning),
        (format!("  {}", relative(now, event.at)), Meaning::Muted),
    ];
    if card.count > 1 {
        title.insert(2, (format!("  ×{}", card.count), Meaning::Heading));
    }
    let mut about = vec![format!("{} · by {}", stamp(event.at), actor_label(&event.actor))];
    if card.count > 1 {
        about.push(format!("first {}", stamp(card.oldest.at)));
    }
    about.extend(told_by_event(event).map(|(name, value)| format!("{name}: {}", fact_text(value))));
    let request = event.detail.get(PROVIDER_REQUEST);
    about.extend(request.map(|id| format!("request id at the provider: {}", fact_text(id))));
    let room = columns.saturating_sub(2).max(8);
    let rows = about.iter().flat_map(|text| wrap(&sanitize(text), room));
    let side = || ("│ ".to_owned(), Meaning::Frame);
    let mut lines = vec![title];
    lines.extend(rows.map(|row| vec![side(), (row, Meaning::Muted)]));
    lines
}

/// The place of the first event of the selected card.
pub(super) fn first_of_selected(timeline: &List<AuditEvent>) -> usize {
    let mut place = timeline.selected();
    while let (Some(above), Some(here)) =
        (place.checked_sub(1).and_then(|place| timeline.row(place)), timeline.row(place))
        && is_repeated(above, here)
    {
        place -= 1;
    }
    place
}

/// Moves the selection by this many cards.
pub(super) fn step(timeline: &mut List<AuditEvent>, by: isize, height: usize) {
    if by.unsigned_abs() > timeline.len() {
        return timeline.step(by, height);
    }
    for _ in 0..by.unsigned_abs() {
        let (from, before) = (first_of_selected(timeline), timeline.selected());
        if by < 0 {
            let to = from.saturating_sub(1);
            timeline.step(to.cast_signed() - before.cast_signed(), height);
            continue;
        }
        loop {
            let at = timeline.selected();
            timeline.step(1, height);
            if timeline.selected() == at {
                // The end of what is loaded: the selection stays with its card.
                timeline.step(before.cast_signed() - at.cast_signed(), height);
                return;
            }
            if first_of_selected(timeline) != from {
                break;
            }
        }
    }
}
