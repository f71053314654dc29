//! Draws the model. Drawing is a pure function of the model and works on any backend.
//!
//! ```text
//! ┌ bowline ── context ── who (role) ───────────────────────── link ┐
//! │ heading                                          total · order  │
//! │ / query                                                         │
//! ├─────────────────────────────────────────────────────────────────┤
//! │ COLUMNS, then rows                                              │
//! │ state or message                                    position    │
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
pub use accounts::status_label;
pub use audit::{actor_label, detail_text};

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
        "terminal too small: bowline needs {} × {}, this is {} × {}",
        MIN_SIZE.0, MIN_SIZE.1, area.width, area.height
    );
    canvas.wrapped(area, &text, Meaning::Warn);
}
