//! Prints an SVG picture of the accounts screen: `cargo run -p bowline --example screenshot > docs/terminal.svg`.

#[path = "../tests/it/fixtures.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "they are the tests', who need more of them than a picture does"
)]
mod fixtures;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use bowline::app::{Effect, Model, Msg, Setup, draw, update};
use bowline::client::{Answer, Request};
use bowline::registry::keymap::Keymap;
use bowline::text::width;
use bowline::theme::Theme;
use bowline_api::status::Role;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

const COLUMNS: u16 = 120;
const ROWS: u16 = 22;
const CELL: (f32, f32) = (8.4, 18.0);
const INK: &str = "#d8dee9";
const PAPER: &str = "#161a21";

fn main() -> anyhow::Result<()> {
    let setup = Setup {
        context: "prod".into(),
        server: "https://bowline.example".into(),
        name: "ops-1".into(),
        has_session: true,
        ..Setup::default()
    };
    let mut model = Model::new(setup, Keymap::new(&BTreeMap::new())?, (COLUMNS, ROWS), fixtures::now());
    for effect in update(&mut model, Msg::Tick) {
        let Effect::Call { slot, number, request } = effect else { continue };
        let answer = if let Request::WhoAmI = request {
            Answer::Operator(fixtures::operator(Role::Operator))
        } else {
            let mut page = fixtures::account_page(4_812_337, None, 100);
            // Row 0's id ends in zeroes, which no real id does.
            page.items.remove(0);
            Answer::Accounts(page)
        };
        let result = Box::new(Ok(answer));
        update(&mut model, Msg::Answer { slot, number, took: Duration::from_millis(12), result });
    }
    update(&mut model, Msg::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Down)));
    let mut terminal = Terminal::new(TestBackend::new(COLUMNS, ROWS))?;
    terminal.draw(|frame| draw(&model, Theme::Dark, frame))?;
    println!("{}", svg(terminal.backend().buffer())?);
    Ok(())
}

fn svg(buffer: &Buffer) -> Result<String, std::fmt::Error> {
    let size = (f32::from(COLUMNS) * CELL.0 + 24.0, f32::from(ROWS) * CELL.1 + 24.0);
    let mut out = String::new();
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="The list of accounts in bowline, the terminal client">"#,
        size.0, size.1, size.0, size.1
    )?;
    writeln!(out, r#"<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>"#)?;
    writeln!(
        out,
        r#"<g font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" xml:space="preserve">"#
    )?;
    for y in 0..ROWS {
        let mut x = 0;
        while x < COLUMNS {
            let cell = &buffer[(x, y)];
            let columns = u16::try_from(width(cell.symbol())).unwrap_or(1).max(1);
            put(&mut out, cell, (x, y), columns)?;
            x += columns;
        }
    }
    writeln!(out, "</g>\n</svg>")?;
    Ok(out)
}

fn put(out: &mut String, cell: &Cell, (x, y): (u16, u16), columns: u16) -> std::fmt::Result {
    let place = (12.0 + f32::from(x) * CELL.0, 12.0 + f32::from(y) * CELL.1);
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let ink = if reversed { PAPER } else { colour(cell.fg) };
    if reversed {
        let wide = f32::from(columns) * CELL.0 + 0.3;
        writeln!(
            out,
            r#"<rect x="{:.1}" y="{:.1}" width="{wide:.1}" height="{}" fill="{}"/>"#,
            place.0,
            place.1,
            CELL.1,
            colour(cell.fg)
        )?;
    }
    if cell.symbol().trim().is_empty() {
        return Ok(());
    }
    let bold = if cell.modifier.contains(Modifier::BOLD) { r#" font-weight="bold""# } else { "" };
    let symbol = cell.symbol().replace('&', "&amp;").replace('<', "&lt;");
    writeln!(out, r#"<text x="{:.1}" y="{:.1}" fill="{ink}"{bold}>{symbol}</text>"#, place.0, place.1 + 13.5)
}

fn colour(colour: Color) -> &'static str {
    match colour {
        Color::Indexed(80) => "#5fd7d7",
        Color::Indexed(114) => "#87d787",
        Color::Indexed(221) => "#ffd75f",
        Color::Indexed(210) => "#ff8787",
        Color::Indexed(117) => "#87d7ff",
        Color::Indexed(246) => "#949494",
        Color::Indexed(250) => "#bcbcbc",
        _ => INK,
    }
}
