//! The dialog that makes a change: the operator sees what is changed and what follows, fills in what is needed, and types
//! the end of the id before a change that cannot be undone.

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::client::{Act, Answer, Failure, SignOnStep, WebhookAct};
use crate::dialog::confirmation::end_of;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

use super::fields::{BROWSER, DEVICE, Fields, Purpose};
use super::warning::warning;

/// The lines by which one key scrolls what is changed.
const SCROLLED_LINES: isize = 3;

/// The dialog that makes a change.
#[derive(Debug)]
pub struct ChangeDialog {
    /// The change, without what the fields add.
    pub(super) act: Act,
    /// The change's verb, such as `revoke`.
    pub(super) verb: &'static str,
    /// What is changed: a name for notices.
    name: String,
    /// The id of what is changed; empty if it has none.
    pub(super) id: String,
    /// The phrase to type, where the change needs one.
    phrase: String,
    /// Lines about what is changed, which scroll where there is no room.
    pub(super) about: Vec<String>,
    /// How many lines of the change dialog are scrolled away.
    pub(super) scroll: usize,
    /// What follows.
    pub(super) warning: &'static str,
    /// The fields.
    pub(super) fields: Fields,
    /// Whether something was typed where nothing is asked for, so that an `enter` which follows may be pasted, too.
    is_stray: bool,
    /// What comes after the change is made.
    next: fn(&Act, &Answer) -> Vec<Reaction>,
    /// The number of the act while it is in flight.
    pub(super) awaited: Option<u64>,
    /// What the operator has to do at the identity provider before the act is made.
    pub(super) step: Option<SignOnStep>,
    /// What is missing, or why the change failed.
    pub message: Option<String>,
}

impl ChangeDialog {
    /// A dialog about this change of what `name` and `id` stand for.
    pub(super) fn new(
        act: Act,
        verb: &'static str,
        (name, id): (String, String),
        about: impl Into<Vec<String>>,
    ) -> Self {
        Self {
            phrase: end_of(&id).to_owned(),
            warning: warning(&act),
            fields: Fields::of(&act),
            is_stray: false,
            act,
            verb,
            name,
            id,
            about: about.into(),
            scroll: 0,
            next: |_, _| Vec::new(),
            awaited: None,
            step: None,
            message: None,
        }
    }

    /// The same, which asks for something once the change is made.
    #[must_use]
    pub(super) fn followed_by(self, next: fn(&Act, &Answer) -> Vec<Reaction>) -> Self {
        Self { next, ..self }
    }

    /// The text of a field.
    pub fn text_of(&self, purpose: Purpose) -> &str {
        self.fields.text_of(purpose)
    }

    /// The same with this phrase instead of the end of the id.
    #[must_use]
    pub(super) fn typed(self, phrase: String) -> Self {
        Self { phrase, ..self }
    }

    /// The text to type. By default it is the end of the id, which nobody chooses, unlike a name.
    pub fn expected(&self) -> &str {
        &self.phrase
    }

    /// What is about to be done. A verb that needs an object has its name.
    pub(super) fn action(&self) -> String {
        let needs_object = [" of", " to"].iter().any(|end| self.verb.ends_with(end));
        if needs_object { format!("{} {}", self.verb, self.name) } else { self.verb.to_owned() }
    }

    /// What is still missing before the change can be sent.
    pub fn missing(&self) -> Option<String> {
        self.fields.missing(&self.phrase).or_else(|| {
            let Act::Webhook { act: WebhookAct::Edit { edit, .. }, .. } = self.fields.complete(&self.act)
            else {
                return None;
            };
            let is_same = edit.url.is_none() && edit.events.is_none() && edit.connector.is_none();
            is_same.then(|| "nothing is different yet".to_owned())
        })
    }

    /// The same with this text in a field.
    #[must_use]
    pub(super) fn with(mut self, purpose: Purpose, text: &str) -> Self {
        self.fields.fill_in(purpose, text);
        self.fields.fit(&self.act);
        self
    }

    /// Whether nothing was sent yet, because the operator is still to log in anew.
    pub(super) fn is_before_act(&self) -> bool {
        self.fields.has(Purpose::Anew) && self.step != Some(SignOnStep::LoggedIn)
    }

    fn confirm_change(&mut self) -> Vec<Reaction> {
        if !self.fields.is_last_focused() {
            self.fields.move_focus(true);
            return Vec::new();
        }
        if std::mem::take(&mut self.is_stray) {
            self.message = Some(format!("pasting does not confirm; press enter alone to {}", self.action()));
            return Vec::new();
        }
        self.message = self.missing();
        if self.message.is_some() {
            return Vec::new();
        }
        let act = self.fields.complete(&self.act);
        vec![Reaction::Act { act, name: format!("{} {}", self.verb, self.name) }]
    }
}

impl Dialog for ChangeDialog {
    fn takes_text(&self) -> bool {
        true
    }

    fn perform(&mut self, action: Action, around: &Surroundings<'_>) -> Vec<Reaction> {
        if self.awaited.is_some() {
            let address = self.step.as_ref().and_then(SignOnStep::address);
            return match (action, address) {
                (Action::SignOnBrowser, Some(address)) => vec![Reaction::Copy(address.to_owned())],
                _ => vec![Reaction::Unchanged],
            };
        }
        match action {
            Action::DialogPageDown => self.scroll_by(SCROLLED_LINES, around),
            Action::DialogPageUp => self.scroll_by(-SCROLLED_LINES, around),
            Action::SignOnBrowser => self.fields.fill_in(Purpose::Anew, BROWSER),
            Action::SignOnDevice => self.fields.fill_in(Purpose::Anew, DEVICE),
            Action::NextField | Action::DialogDown => self.fields.move_focus(true),
            Action::PreviousField | Action::DialogUp => self.fields.move_focus(false),
            Action::Confirm => return self.confirm_change(),
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn text(&mut self, key: KeyEvent) -> Vec<Reaction> {
        if self.awaited.is_some() {
            return vec![Reaction::Unchanged];
        }
        let Some(field) = self.fields.focused_mut() else {
            self.is_stray = true;
            return vec![Reaction::Unchanged];
        };
        if !field.key(key) {
            return vec![Reaction::Unchanged];
        }
        self.fields.fit(&self.act);
        self.message = None;
        Vec::new()
    }

    /// Pastes into a field. The end of the id must be typed, so a paste empties it.
    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        let is_phrase = self.fields.focused() == Some(Purpose::Phrase);
        match self.fields.focused_mut() {
            _ if self.awaited.is_some() => {}
            None => self.is_stray = true,
            Some(field) if is_phrase => {
                *field = TextField::default();
                self.message = Some("pasting does not confirm; type it".to_owned());
            }
            Some(field) => field.paste(text),
        }
        self.fields.fit(&self.act);
        Vec::new()
    }

    /// A phrase is, and so is the bare `enter` of a dialog without fields.
    fn is_typed_by_hand(&self) -> bool {
        self.fields.focused().is_none_or(|purpose| purpose == Purpose::Phrase)
    }

    fn act(&self) -> Option<&Act> {
        Some(&self.act)
    }

    fn signs_on(&mut self) {
        self.fields.log_in_anew();
    }

    fn told(&mut self, step: SignOnStep) {
        self.step = Some(step);
    }

    fn closed(&self, around: &Surroundings<'_>) -> Vec<Reaction> {
        if let (Act::ConfirmJob { .. }, None) = (&self.act, self.awaited) {
            let key = around.keymap.first_key(Action::Go(Place::Jobs)).unwrap_or_default();
            let text = format!("nothing is done; the job stays prepared for an hour, and {key} lists it");
            return vec![Reaction::Notify(text)];
        }
        let given_up = self.awaited.filter(|_| self.is_before_act());
        given_up.map(Reaction::GiveUp).into_iter().collect()
    }

    fn awaited(&self) -> Option<u64> {
        self.awaited
    }

    fn sent(&mut self, number: u64) {
        self.awaited = Some(number);
    }

    fn done(&mut self, answer: &Answer) -> Vec<Reaction> {
        (self.next)(&self.act, answer)
    }

    fn fail(&mut self, failure: &Failure) {
        (self.awaited, self.step) = (None, None);
        self.fields.forget(matches!(failure, Failure::Refused(_)));
        if matches!(failure, Failure::CodeRequired(_)) {
            self.fields.ask_for_code();
        }
        self.message = Some(match failure {
            Failure::Unreachable(_) => {
                format!(
                    "{failure}. It may have been done: look before you try again, or press enter to repeat it"
                )
            }
            other => other.to_string(),
        });
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        self.draw_on(around, canvas, area);
    }
}
