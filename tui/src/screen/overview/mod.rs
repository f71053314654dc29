//! The overview: how much there is, what happens each minute, and what does not work now.

mod lines;
mod trouble;

use bowline_api::Page;
use bowline_api::admin::Overview as Facts;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, News, Request};
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::follow::Follow;
use crate::widget::list::List;
use crate::widget::queried_list::Queried;
use crate::widget::status_line;
use crate::widget::surroundings::{Surroundings, Window};

use lines::{Placed, failing, here};
pub use trouble::{Trouble, TroubleId};

/// The terminal width from which there are two panes, in columns.
const TWO_PANES: u16 = 100;
/// The columns that the frame of the screen takes from the terminal's width.
const SCREEN_FRAME_COLUMNS: u16 = 4;

/// The overview.
#[derive(Debug, Default)]
pub struct Overview {
    /// What the server answered.
    pub facts: Option<Facts>,
    /// What does not work, and the jobs.
    pub list: List<Trouble>,
    /// Whether the overview is followed.
    pub follow: Follow,
    /// How many lines it is scrolled down, beyond the selected row.
    scroll: usize,
}

impl Screen for Overview {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::Follow, Action::CopyId]
    }

    /// Its rows scroll with other lines.
    fn is_list(&self) -> bool {
        false
    }

    fn list(&self) -> &dyn Queried {
        &self.list
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.list
    }

    fn enter(&mut self, _place: Place) {
        self.list.refresh();
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        if self.follow.is_due(&self.list.call, window) {
            self.list.refresh();
        }
        let page = self.list.next_page(window.now, window.rows);
        page.map(|_| (ScreenPart::Rows, Request::Overview)).into_iter().collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Overview(facts) = answer {
            let items = Trouble::all(&facts);
            self.list.take(
                Page {
                    items,
                    next: None,
                    prev: None,
                    total: None,
                    unknown_state: Vec::new(),
                    incomplete: false,
                },
                window.rows,
            );
            self.facts = Some(*facts);
        }
        Vec::new()
    }

    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, self.list.current()) {
            (Action::Follow, _) => {
                self.follow.toggle(now);
                Vec::new()
            }
            (Action::Open, Some(trouble)) => trouble.open(),
            (Action::Open, None) => vec![Reaction::Notify("nothing fails, and no job runs".to_owned())],
            _ => Vec::new(),
        }
    }

    fn step(&mut self, by: isize, window: &Window) {
        self.follow.attended(window.now);
        let before = self.list.selected();
        self.list.step(by, window.rows);
        let moved = self.list.selected() != before;
        self.scroll = if moved { 0 } else { self.scroll.saturating_add_signed(by) };
        let lines = self.all_lines(window.now, window.columns).iter().map(Vec::len).max().unwrap_or(0);
        self.scroll = self.scroll.min(lines.saturating_sub(window.rows));
    }

    fn takes_news(&self) -> bool {
        self.follow.is_on()
    }

    fn take_news(&mut self, _news: &News) {
        self.follow.take_news();
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        self.follow.next_at(&self.list.call)
    }

    fn id(&self) -> Option<String> {
        self.list.current().and_then(Trouble::id)
    }

    fn tenant(&self) -> Option<String> {
        self.list.current().and_then(Trouble::tenant)
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let Some(facts) = &self.facts else { return Vec::new() };
        let text = |(_, line): &Placed| {
            let text: String = line.iter().map(|(text, _)| text.as_str()).collect();
            (String::new(), text.trim().to_owned(), Meaning::Text)
        };
        let all: Vec<_> = self.list.loaded().collect();
        failing(facts, &all, around.now, usize::from(u16::MAX)).iter().map(text).collect()
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("overview")
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        canvas.line(area, 0, &[("overview", Meaning::Heading), (" of all tenants", Meaning::Muted)]);
        if let Some((text, meaning)) = self.follow.label() {
            canvas.right(area, 0, &text, meaning);
        }
        let body = Rect { y: area.y + 3, height: area.height.saturating_sub(4), ..area };
        let (text, meaning) = status_line::describe(around, &self.list.call, self.facts.is_some());
        if self.facts.is_none() {
            canvas.centred(body, &text, meaning);
        }
        let panes = self.all_lines(around.now, around.columns);
        let width = body.width / u16::try_from(panes.len().max(1)).unwrap_or(1);
        for (at, lines) in (0..).zip(&panes) {
            let pane = Rect { x: body.x + at * width, width: width.saturating_sub(1), ..body };
            self.draw_pane(canvas, pane, lines);
        }
        let follow = around.keymap.first_key(Action::Follow).unwrap_or_default();
        status_line::draw(around, canvas, area, (&text, meaning), &format!("{follow} follows"));
    }
}

impl Overview {
    /// The lines of each pane: what fails comes first, because that is what is looked for at night.
    fn all_lines(&self, now: DateTime<Utc>, columns: u16) -> Vec<Vec<Placed>> {
        let Some(facts) = &self.facts else { return Vec::new() };
        let right = here(facts).into_iter().map(|line| (None, line));
        let has_two = columns >= TWO_PANES;
        let inside = usize::from(columns.saturating_sub(SCREEN_FRAME_COLUMNS));
        let room = if has_two { inside / 2 } else { inside }.saturating_sub(1);
        let all: Vec<_> = self.list.loaded().collect();
        let mut left = failing(facts, &all, now, room);
        if has_two {
            return vec![left, right.collect()];
        }
        left.extend(right);
        vec![left]
    }

    /// Draws lines; one of the rows is selected.
    fn draw_pane(&self, canvas: &mut Canvas<'_, '_>, area: Rect, lines: &[Placed]) {
        let selected = (!self.list.is_empty()).then(|| self.list.selected());
        let is_selected = |(place, _): &Placed| place.is_some() && *place == selected;
        let height = usize::from(area.height);
        let follow = lines.iter().rposition(is_selected).map_or(0, |line| (line + 1).saturating_sub(height));
        let first = (follow + self.scroll).min(lines.len().saturating_sub(height));
        let begin = lines.iter().position(is_selected);
        for (row, (at, placed)) in (0..area.height).zip(lines.iter().enumerate().skip(first)) {
            let pieces: Vec<_> = placed.1.iter().map(|(text, meaning)| (text.as_str(), *meaning)).collect();
            canvas.line(area, row, &pieces);
            if begin == Some(at) {
                canvas.put(area.x, area.y + row, 1, "▶", Meaning::Accent);
            }
            if is_selected(placed) {
                canvas.select(Rect { y: area.y + row, height: 1, ..area });
            }
        }
    }
}
