//! Tabs: each has a stack of views of its own.

use std::mem;

use crate::registry::action::{Action, registry};
use crate::registry::place::Place;

use super::model::Model;
use super::views::{HOME, Views};

/// The greatest number of tabs.
const MAX_TABS: usize = 9;
/// The ids of the views of one tab are below this many, so that no view of two tabs has the same.
const VIEW_IDS_PER_TAB: u64 = 1 << 32;

/// Opens a tab after the current one, with what is shown and its query.
pub(super) fn open(model: &mut Model) {
    if model.parked.len() + 1 >= MAX_TABS {
        return model.notify(format!("there are {MAX_TABS} tabs: close one first"));
    }
    model.tabs_opened += 1;
    let place = model.place();
    let query = model.screen().bar().map(|bar| bar.field.text().to_owned());
    let new = Views::after(model.tabs_opened * VIEW_IDS_PER_TAB, place);
    let old = mem::replace(&mut model.views, new);
    model.parked.insert(model.tab, old);
    model.tab += 1;
    let now = model.now;
    if let (Some(query), Some(bar)) = (query.filter(|query| !query.is_empty()), model.screen_mut().bar_mut())
    {
        bar.set(&query, now);
    }
}

/// Closes the current tab; `false` if it is the only one.
pub(super) fn close(model: &mut Model) -> bool {
    if model.parked.is_empty() {
        return false;
    }
    model.tab = model.tab.min(model.parked.len() - 1);
    model.views = model.parked.remove(model.tab);
    true
}

/// Closes the shown tab, or says that it is the only one.
pub(super) fn close_shown(model: &mut Model) {
    if !close(model) {
        model.notify("this is the only tab");
    }
}

/// Shows the next tab, or the one before.
pub(super) fn turn(model: &mut Model, forward: bool) {
    let count = model.parked.len() + 1;
    if count == 1 {
        let key = model.keymap.first_key(Action::TabNew).unwrap_or_default();
        return model.notify(format!("there is one tab: {key} opens another"));
    }
    let old = mem::replace(&mut model.views, Views::new(HOME));
    model.parked.insert(model.tab, old);
    model.tab = (model.tab + if forward { 1 } else { count - 1 }) % count;
    model.views = model.parked.remove(model.tab);
}

/// What a tab is called: the name of its screen.
fn tab_name(place: Place) -> String {
    match registry().find(|entry| entry.action == Action::Go(place)) {
        Some(entry) => entry.name.to_owned(),
        None => format!("{place:?}").split('(').next().unwrap_or_default().to_lowercase(),
    }
}

/// The tabs for the title, in full and in short; nothing if there is one only.
pub(super) fn labels(model: &Model) -> Option<[String; 2]> {
    let count = model.parked.len() + 1;
    if count == 1 {
        return None;
    }
    let mut places: Vec<_> = model.parked.iter().map(|views| views.current().place).collect();
    places.insert(model.tab, model.place());
    let names = (1..).zip(&places).map(|(number, place)| {
        let name = tab_name(*place);
        if number == model.tab + 1 { format!("[{number} {name}]") } else { format!("{number} {name}") }
    });
    let all = names.collect::<Vec<_>>().join(" ");
    Some([format!(" ── {all}"), format!(" ── tab {} of {count}", model.tab + 1)])
}
