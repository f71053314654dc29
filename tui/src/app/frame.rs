//! Draws the model. Drawing is a pure function of the model and works on any backend.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::theme::{Meaning, Theme};
use crate::widget::canvas::Canvas;

use super::model::Model;
use super::setup::Presentation;
use super::{chrome, login};

/// The smallest supported terminal, in columns and rows.
pub const MIN_SIZE: (u16, u16) = (60, 15);

/// Draws the whole screen.
pub fn draw(model: &Model, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut canvas = Canvas::new(frame, theme);
    if area.width < MIN_SIZE.0 || area.height < MIN_SIZE.1 {
        return too_small(&mut canvas, area);
    }
    if let Some(form) = &model.login {
        login::draw(&model.setup, &model.keymap, form, &mut canvas, area);
        if let Some((notice, _)) = &model.toast {
            canvas.line(area, area.height - 1, &[(notice, Meaning::Accent)]);
        }
        return;
    }
    let around = model.surroundings();
    // What is below a dialog would stand in the same lines as what it says.
    let covered = model.setup.presentation == Presentation::Linear && !model.dialogs.is_empty();
    if !covered {
        let body = chrome::draw(model, &mut canvas, area);
        model.screen().draw(&around, &mut canvas, body);
    }
    let first = if covered { model.dialogs.len() - 1 } else { 0 };
    for dialog in model.dialogs.iter().skip(first) {
        canvas.mark_dialogs(model.setup.is_prod() && dialog.act().is_some());
        dialog.draw(&around, &mut canvas, area);
    }
}

fn too_small(canvas: &mut Canvas<'_, '_>, area: Rect) {
    let text = format!(
        "terminal too small: bowline needs {} × {}, this is {} × {}",
        MIN_SIZE.0, MIN_SIZE.1, area.width, area.height
    );
    canvas.wrapped(area, &text, Meaning::Warn);
}
