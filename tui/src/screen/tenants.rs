//! The list of tenants.

use bowline_api::admin::Tenant;
use ratatui::layout::Rect;

use crate::app::Model;
use crate::theme::Meaning;

use super::accounts::list;
use super::canvas::Canvas;
use super::table::{Column, Size};
use super::when::stamp;

const COLUMNS: &[Column<Tenant>] = &[
    Column {
        title: "TENANT",
        min_width: 0,
        size: Size::Fixed(20),
        cell: |row, _| (row.slug.clone(), Meaning::Text),
    },
    Column {
        title: "NAME",
        min_width: 0,
        size: Size::Share(1),
        cell: |row, _| (row.name.clone(), Meaning::Text),
    },
    Column {
        title: "ID",
        min_width: 100,
        size: Size::Fixed(34),
        cell: |row, _| (row.id.to_string(), Meaning::Muted),
    },
    Column {
        title: "ADDED",
        min_width: 80,
        size: Size::Fixed(20),
        cell: |row, _| (stamp(row.created_at), Meaning::Muted),
    },
];

/// Draws the screen.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, area: Rect) {
    canvas.line(area, 0, &[("tenants", Meaning::Heading)]);
    canvas.line(area, 1, &[("enter shows a tenant's accounts", Meaning::Muted)]);
    list(model, canvas, area, COLUMNS, &model.tenants, "no tenants are visible to you");
}
