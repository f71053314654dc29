//! The API log: the last calls with their status, duration and request id.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use super::choice::Choice;
use crate::client::CallEntry;
use crate::interface::command_line::shell_quoted;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::text::fit;
use crate::theme::Meaning;
use crate::when::clock;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// The number of calls kept.
const MAX_LOGGED_CALLS: usize = 200;
/// The width of the dialog, in columns, if there is room.
const API_LOG_WIDTH: u16 = 110;

/// The last calls, the newest first, each with the time when it ended.
#[derive(Debug, Clone, Default)]
pub struct ApiCalls(VecDeque<(DateTime<Utc>, CallEntry)>);

impl ApiCalls {
    /// Adds calls, which ended at this time.
    pub fn add(&mut self, calls: Vec<CallEntry>, at: DateTime<Utc>) {
        for call in calls {
            self.0.push_front((at, call));
        }
        self.0.truncate(MAX_LOGGED_CALLS);
    }
}

/// The open API log, with the calls until it was opened.
#[derive(Debug)]
pub struct ApiLog {
    calls: Choice<(DateTime<Utc>, CallEntry)>,
}

impl ApiLog {
    /// A dialog with these calls.
    pub fn new(calls: ApiCalls) -> Self {
        Self { calls: Choice::new(calls.0.into(), 0) }
    }

    fn current_call(&self) -> Option<&CallEntry> {
        self.calls.selected().map(|(_, call)| call)
    }
}

/// The command line that makes the call again. Whoever runs it provides the session's token and the body.
fn api_command_line(call: &CallEntry) -> String {
    let reads = call.method.as_str() == "GET";
    let method = if reads { String::new() } else { format!(" -X {}", call.method) };
    let body = if reads { "" } else { " -H 'Content-Type: application/json' --data @body.json" };
    let url = shell_quoted(&call.url);
    format!("curl{method} -H \"Authorization: Bearer $BOWLINE_TOKEN\"{body} {url}")
}

/// How an answer with this status looks, in words and in meaning.
fn call_outcome(status: Option<u16>) -> (String, Meaning) {
    match status {
        None => ("no answer".to_owned(), Meaning::Bad),
        Some(status @ ..400) => (status.to_string(), Meaning::Good),
        Some(status @ 400..500) => (status.to_string(), Meaning::Warn),
        Some(status) => (status.to_string(), Meaning::Bad),
    }
}

impl Dialog for ApiLog {
    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::Down | Action::DialogDown => self.calls.step(1),
            Action::Up | Action::DialogUp => self.calls.step(-1),
            Action::PageDown => self.calls.step(10),
            Action::PageUp => self.calls.step(-10),
            Action::First => self.calls.step(isize::MIN),
            Action::Last => self.calls.step(isize::MAX),
            Action::CopyCommand => {
                return self
                    .current_call()
                    .map(|call| Reaction::Copy(api_command_line(call)))
                    .into_iter()
                    .collect();
            }
            Action::CopyId => {
                let id = self.current_call().and_then(|call| call.request_id.clone());
                return id.map(Reaction::Copy).into_iter().collect();
            }
            Action::ApiLog | Action::Leave | Action::Confirm => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        // Messages below it stay visible.
        let inner =
            canvas.dialog((API_LOG_WIDTH, area.height.saturating_sub(6)), " API log ", Meaning::Frame);
        // The last two lines are the whole path of the selected call, and the hints.
        let room = inner.height.saturating_sub(3);
        let path = usize::from(inner.width).saturating_sub(50).max(12);
        self.calls.draw(canvas, inner, room, |canvas, line, mark, (ended, call)| {
            let (status, meaning) = call_outcome(call.status);
            let id = call.request_id.as_deref().unwrap_or("–");
            let pieces = [
                mark,
                (&*clock(*ended), Meaning::Muted),
                (&*format!(" {} ", fit(call.method.as_str(), 6)), Meaning::Text),
                (&*fit(call.path(), path), Meaning::Text),
                (&*format!(" {}", fit(&status, 9)), meaning),
                (&*format!("{:>5} ms ", call.took.as_millis()), Meaning::Muted),
                (id, Meaning::Muted),
            ];
            canvas.line(inner, line, &pieces);
        });
        match self.current_call() {
            Some(call) => {
                let id = call.request_id.as_deref().unwrap_or("no request id");
                canvas.line(inner, room, &[(call.path(), Meaning::Text)]);
                canvas.line(inner, room + 1, &[("request ", Meaning::Muted), (id, Meaning::Text)]);
            }
            None => {
                canvas.line(inner, 0, &[("nothing has been called yet", Meaning::Muted)]);
            }
        }
        let key = |action| around.keymap.first_key(action).unwrap_or_default();
        let hint = format!(
            "{} copies it as a command line · {} its id · {} closes",
            key(Action::CopyCommand),
            key(Action::CopyId),
            key(Action::Close)
        );
        canvas.line(inner, room + 2, &[(&hint, Meaning::Muted)]);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::Method;

    use super::*;

    fn logged_call(method: Method, path: &str) -> CallEntry {
        let url = format!("https://bowline.example{path}");
        CallEntry { method, url, status: Some(200), took: Duration::from_millis(9), request_id: None }
    }

    #[test]
    fn a_copied_call_has_no_token_and_survives_a_shell() {
        let read = logged_call(Method::GET, "/admin/v1/accounts?q=it's%20ada");
        assert_eq!(read.path(), "/admin/v1/accounts?q=it's%20ada");
        assert_eq!(
            api_command_line(&read),
            r#"curl -H "Authorization: Bearer $BOWLINE_TOKEN" 'https://bowline.example/admin/v1/accounts?q=it'\''s%20ada'"#
        );
        let change = api_command_line(&logged_call(Method::POST, "/admin/v1/accounts/acct_1/revoke"));
        assert!(change.starts_with("curl -X POST ") && change.contains("--data @body.json"), "{change}");
    }

    #[test]
    fn the_last_two_hundred_calls_are_kept_the_newest_first() {
        let mut calls = ApiCalls::default();
        for n in 0..300 {
            calls.add(vec![logged_call(Method::GET, &format!("/{n}"))], DateTime::UNIX_EPOCH);
        }
        assert_eq!(calls.0.len(), MAX_LOGGED_CALLS);
        assert_eq!(calls.0[0].1.path(), "/299");
    }
}
