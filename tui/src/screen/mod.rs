//! What the model looks like: a pure function of it, onto any backend.
//!
//! ```text
//! ┌ bowline ── context ── who (role) ───────────────────────── link ┐
//! │ heading                                          total · order  │
//! │ / query                                                         │
//! ├─────────────────────────────────────────────────────────────────┤
//! │ COLUMNS, then rows                                              │
//! │ state or a word                                        place    │
//! │ hints                                                           │
//! └─────────────────────────────────────────────────────────────────┘
//! ```

mod account;
mod account_facts;
mod accounts;
mod audit;
mod canvas;
mod chrome;
mod field;
mod help;
mod login;
mod palette;
mod revoke;
mod state;
mod table;
mod tenants;
pub mod when;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Model, Overlay, Screen};
use crate::theme::{Meaning, Theme};

use canvas::Canvas;

pub use account_facts::{Fact, facts};
pub use accounts::sign;
pub use audit::{detail, who};

/// The smallest terminal that is drawn on: columns and rows.
pub const SMALLEST: (u16, u16) = (60, 15);

/// Draws everything.
pub fn draw(model: &Model, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut canvas = Canvas::new(frame, theme);
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return too_small(&mut canvas, area);
    }
    if let Some(form) = &model.login {
        return login::draw(model, form, &mut canvas, area);
    }
    let body = chrome::draw(model, &mut canvas, area);
    match model.screen {
        Screen::Accounts => accounts::draw(model, &mut canvas, body),
        Screen::Account(_) => account::draw(model, &mut canvas, body),
        Screen::Tenants => tenants::draw(model, &mut canvas, body),
        Screen::Audit => audit::draw(model, &mut canvas, body),
    }
    match &model.overlay {
        Some(Overlay::Help(scroll)) => help::draw(model, *scroll, &mut canvas, area),
        Some(Overlay::Palette(palette)) => palette::draw(model, palette, &mut canvas, area),
        Some(Overlay::Revoke(dialog)) => revoke::draw(dialog, &mut canvas, area),
        None => {}
    }
}

fn too_small(canvas: &mut Canvas<'_, '_>, area: Rect) {
    let text = format!(
        "too small: bowline needs {} × {}, this is {} × {}",
        SMALLEST.0, SMALLEST.1, area.width, area.height
    );
    canvas.wrapped(area, &text, Meaning::Warn);
}
