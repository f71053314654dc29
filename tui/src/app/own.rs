//! What the operator chooses for a screen: its columns and saved queries, which are kept on their disk.

use crate::dialog::columns::Columns;
use crate::dialog::find::FindDialog;
use crate::dialog::saved::SavedQueries;
use crate::registry::screen_settings::ScreenSettings;
use crate::widget::query::words;

use super::message::Effect;
use super::model::Model;

/// Changes what is chosen for the current screen, and keeps it.
pub(super) fn change(model: &mut Model, change: impl FnOnce(&mut ScreenSettings)) -> Effect {
    let screen = model.place().screen_name();
    let settings = model.setup.screens.entry(screen.to_owned()).or_default();
    change(settings);
    Effect::SaveScreen { screen, settings: settings.clone() }
}

/// Opens the dialog that chooses columns.
pub(super) fn open_columns(model: &mut Model) {
    let dialog = Columns::new(model.screen().list().columns(model.size.0), &model.own().columns);
    model.dialogs.push(Box::new(dialog));
}

/// Opens the dialog with the saved queries.
pub(super) fn open_saved(model: &mut Model) {
    let query = model.screen().bar().map_or("", |bar| bar.field.text());
    let dialog = SavedQueries::new(query, &model.own().queries);
    model.dialogs.push(Box::new(dialog));
}

/// Asks for the text to look for. It begins with the last one, or with the words of the query.
pub(super) fn open_find(model: &mut Model) {
    let screen = model.screen();
    let query = || screen.bar().map_or("", |bar| bar.field.text());
    let text = screen.list().sought().map_or_else(
        || {
            let words = words(query()).into_iter().filter(|word| word.key.is_none());
            words.map(|word| word.value).collect::<Vec<_>>().join(" ")
        },
        ToOwned::to_owned,
    );
    model.dialogs.push(Box::new(FindDialog::new(&text)));
}

/// Goes to the next row with the text, or asks for the text if there is none.
pub(super) fn find(model: &mut Model, is_forward: bool) {
    if model.screen().list().sought().is_none() {
        return open_find(model);
    }
    let window = model.window();
    let screen = model.screen_mut();
    let height = screen.list_height(&window);
    screen.list_mut().find(is_forward, height);
}

/// Looks for this text from now on, and goes to the first row that has it.
pub(super) fn seek(model: &mut Model, text: &str) {
    model.views.current_mut().screen.list_mut().seek(text, &model.known);
    if model.screen().list().sought().is_some() {
        find(model, true);
    }
}
