//! An event and what became of it, in one line.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Message;
use crate::text::{fit, sanitize, sanitize_json};
use crate::when::stamp;

/// The width of the type, and of the id of what an event is about, in columns.
const EVENT_TYPE_COLUMNS: usize = 23;
const EVENT_SUBJECT_COLUMNS: usize = 31;

/// What became of an event at the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Passed {
    /// The status of the answer; `None` if there was none in time.
    pub(super) status: Option<u16>,
    /// How often the event was sent to the app.
    pub(super) attempts: u32,
    /// How long the last attempt to pass the event on took.
    pub(super) took: Duration,
}

impl Passed {
    /// Whether the app has accepted it: any 2xx.
    pub(super) fn is_accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Time, type, id of what it is about, status of the answer, and how long it took.
pub(super) fn as_text(message: &Message, passed: Option<&Passed>) -> String {
    let subject = message.subject.as_deref().unwrap_or("–");
    let (kind, subject) =
        (fit(&sanitize(&message.kind), EVENT_TYPE_COLUMNS), fit(&sanitize(subject), EVENT_SUBJECT_COLUMNS));
    let outcome = passed.map_or_else(String::new, |passed| {
        let sign = if passed.is_accepted() { "✓" } else { "✕" };
        let status = passed.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let tries = if passed.attempts > 1 { format!(", try {}", passed.attempts) } else { String::new() };
        format!("{sign} {status} in {} ms{tries}", passed.took.as_millis())
    });
    format!("{}  {kind}  {subject}  {outcome}", stamp(message.at)).trim_end().to_owned()
}

/// The event as it is, and what became of it.
pub(super) fn as_json(message: &Message, passed: Option<&Passed>) -> io::Result<String> {
    let mut line = json!({ "event": serde_json::from_str::<Value>(&message.body)? });
    if let Some(Passed { status, attempts, took }) = passed {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        line["forward"] = json!({ "status": status, "attempts": attempts, "ms": ms });
    }
    Ok(sanitize_json(&line.to_string(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_what_about_whom_and_how_it_ended() {
        let message = |kind: &str| Message {
            id: "evt_1".to_owned(),
            kind: kind.to_owned(),
            at: "2026-11-30T12:00:00Z".parse().unwrap(),
            subject: Some("acct_01h455vb4pex5vsknk084sn02q".to_owned()),
            body: r#"{"id":"evt_1","data":{"x":"\u001b[2J"}}"#.to_owned(),
        };
        let passed = |status, attempts| Passed { status, attempts, took: Duration::from_millis(12) };
        let text = |status, attempts| as_text(&message("account.linked"), Some(&passed(status, attempts)));
        assert_eq!(
            text(Some(204), 1),
            "2026-11-30 12:00:00Z  account.linked           acct_01h455vb4pex5vsknk084sn02q  ✓ 204 in 12 ms"
        );
        assert!(text(Some(500), 3).ends_with("✕ 500 in 12 ms, try 3"));
        assert!(text(None, 1).ends_with("✕ no answer in 12 ms"));
        assert!(!as_text(&message("a\u{1b}[2J"), None).contains('\u{1b}'));
        let line = as_json(&message("account.linked"), Some(&passed(None, 1))).unwrap();
        assert!(!line.contains('\u{1b}') && line.contains("[2J"), "{line}");
        assert!(line.contains(r#""forward":{"attempts":1,"ms":12,"status":null}"#), "{line}");
    }
}
