//! Screens of a terminal as a moving SVG picture. Rows that several screens share are in it once.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use vt100::{Cell, Color, Screen};

const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 12.0;
const INK: &str = "#d8dee9";
const PAPER: &str = "#161a21";

/// A film that is being shot.
#[derive(Default)]
pub(crate) struct Film {
    /// The distinct rows, drawn at the top.
    rows: Vec<String>,
    known: HashMap<String, usize>,
    frames: Vec<(Duration, Vec<usize>)>,
    size: (u16, u16),
}

impl Film {
    /// Adds the screen, which is shown for this long. One that is the same as the last makes that last longer.
    pub(crate) fn shoot(&mut self, screen: &Screen, lasts: Duration) {
        let (rows, columns) = screen.size();
        self.size = (rows.get(), columns.get());
        let rows: Vec<usize> = (0..self.size.0).map(|row| self.row(screen, row)).collect();
        match self.frames.last_mut() {
            Some((time, last)) if *last == rows => *time += lasts,
            _ => self.frames.push((lasts, rows)),
        }
    }

    fn row(&mut self, screen: &Screen, row: u16) -> usize {
        let mut drawn = String::new();
        let mut column = 0;
        while column < self.size.1 {
            let Some(cell) = screen.cell(row, column) else { break };
            let look = Look::of(cell);
            let (first, mut text) = (column, String::new());
            while let Some(cell) = screen.cell(row, column).filter(|cell| Look::of(cell) == look) {
                let content = cell.contents();
                if !cell.is_wide_continuation() {
                    text.push_str(if content.is_empty() { " " } else { content });
                }
                column += 1;
            }
            run(&mut drawn, first, column - first, &text, &look);
        }
        let next = self.rows.len();
        let place = *self.known.entry(drawn.clone()).or_insert(next);
        if place == next {
            self.rows.push(drawn);
        }
        place
    }

    /// The picture.
    pub(crate) fn svg(&self) -> String {
        let width = f32::from(self.size.1) * CELL.0 + 2.0 * MARGIN;
        let height = f32::from(self.size.0) * CELL.1 + 2.0 * MARGIN;
        let total: f32 = self.frames.iter().map(|(time, _)| time.as_secs_f32()).sum();
        let mut out = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="A session in bowline, the terminal client"><style>text{{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}}#film{{animation:play {total:.2}s steps(1,end) infinite}}@media (prefers-reduced-motion:reduce){{#film{{animation:none}}}}@keyframes play{{"#
        );
        let mut at = 0.0;
        for (n, (time, _)) in self.frames.iter().enumerate() {
            let _ = write!(out, "{:.3}%{{transform:translateX(-{n}00%)}}", at / total * 100.0);
            at += time.as_secs_f32();
        }
        let last = self.frames.len().saturating_sub(1);
        let _ = write!(out, "100%{{transform:translateX(-{last}00%)}}}}</style><defs>");
        for (n, row) in self.rows.iter().enumerate() {
            let _ = write!(out, r#"<g id="r{n}">{row}</g>"#);
        }
        // The view box of the film is one frame wide, so that 100 % is a frame.
        let _ = write!(
            out,
            r#"</defs><rect width="100%" height="100%" rx="8" fill="{PAPER}"/><g id="film" style="transform-box:view-box">"#
        );
        for (n, (_, rows)) in self.frames.iter().enumerate() {
            let left = f32::from(u16::try_from(n).unwrap_or_default()) * width + MARGIN;
            let _ = write!(out, r#"<g transform="translate({left:.1} {MARGIN})">"#);
            let mut top = 0.0;
            for row in rows {
                if !self.rows[*row].is_empty() {
                    let _ = write!(out, r##"<use href="#r{row}" y="{top}"/>"##);
                }
                top += CELL.1;
            }
            out.push_str("</g>");
        }
        out.push_str("</g></svg>\n");
        out
    }
}

/// How a cell looks.
#[derive(PartialEq)]
struct Look {
    ink: String,
    paper: Option<String>,
    bold: bool,
    underlined: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let (ink, paper) = (colour(cell.fgcolor()), colour(cell.bgcolor()));
        let (ink, paper) = if cell.inverse() {
            (Some(paper.unwrap_or_else(|| PAPER.to_owned())), Some(ink.unwrap_or_else(|| INK.to_owned())))
        } else {
            (ink, paper)
        };
        let ink = ink.unwrap_or_else(|| INK.to_owned());
        Self { ink, paper, bold: cell.bold(), underlined: cell.underline() }
    }
}

fn run(out: &mut String, first: u16, columns: u16, text: &str, look: &Look) {
    let left = f32::from(first) * CELL.0;
    let wide = f32::from(columns) * CELL.0;
    if let Some(paper) = &look.paper {
        let _ = write!(
            out,
            r#"<rect x="{left:.1}" width="{:.1}" height="{}" fill="{paper}"/>"#,
            wide + 0.3,
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let bold = if look.bold { r#" font-weight="bold""# } else { "" };
    let line = if look.underlined { r#" text-decoration="underline""# } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = write!(
        out,
        r#"<text x="{left:.1}" y="13.5" fill="{}" textLength="{wide:.1}" lengthAdjust="spacingAndGlyphs"{bold}{line}>{text}</text>"#,
        look.ink
    );
}

/// The colour as a terminal with 256 colours shows it; none for the terminal's own.
fn colour(colour: Color) -> Option<String> {
    /// The first sixteen, which each terminal chooses.
    const BASIC: [&str; 16] = [
        "#2e3440", "#ff8787", "#87d787", "#ffd75f", "#87afff", "#d7afff", "#5fd7d7", "#d8dee9", "#4c566a",
        "#ffafaf", "#afffaf", "#ffff87", "#afd7ff", "#ffd7ff", "#afffff", "#ffffff",
    ];
    let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    let (red, green, blue) = match colour {
        Color::Default => return None,
        Color::Rgb(red, green, blue) => (red, green, blue),
        Color::Idx(n @ 0..16) => return Some(BASIC[usize::from(n)].to_owned()),
        Color::Idx(n @ 232..) => (8 + 10 * (n - 232), 8 + 10 * (n - 232), 8 + 10 * (n - 232)),
        Color::Idx(n) => (level((n - 16) / 36), level((n - 16) / 6 % 6), level((n - 16) % 6)),
    };
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}
