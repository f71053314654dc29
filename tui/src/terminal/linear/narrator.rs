//! What is told of a frame: the lines that the frame before did not have, the selected row if it is another one, and
//! last the line in which text is typed.

use std::collections::HashSet;

use ratatui::buffer::Cell;
use ratatui::layout::Position;

use super::line::LinearLine;

const LINE_END: &str = "\r\n";

/// Remembers the last frame.
#[derive(Debug, Default)]
pub(super) struct Narrator {
    /// The lines of the last frame, without what changes as time passes.
    known: HashSet<String>,
    /// The row and the text of the selected line.
    selected: Option<(usize, String)>,
    /// The line in which text is typed, as far as it was printed. It has no end yet.
    typed: Option<String>,
}

impl Narrator {
    /// What to print for this frame. The cursor is in the line in which text is typed.
    pub(super) fn tell(&mut self, rows: &[&[Cell]], cursor: Option<Position>) -> String {
        let typing = cursor
            .and_then(|at| Some((usize::from(at.y), LinearLine::typed(rows.get(usize::from(at.y))?, at.x))));
        let mut news = Vec::new();
        let mut known = HashSet::new();
        let mut selected = None;
        for (at, row) in rows.iter().enumerate() {
            if typing.as_ref().is_some_and(|(row, _)| *row == at) {
                continue;
            }
            let Some(line) = LinearLine::of(row) else { continue };
            let timeless = line.timeless();
            let is_new = if line.is_marked {
                let this = (at, timeless.clone());
                let is_new = self.selected.as_ref() != Some(&this);
                selected = Some(this);
                is_new
            } else {
                !self.known.contains(&timeless)
            };
            known.insert(timeless);
            if is_new {
                news.push(if line.is_marked { format!("selected: {}", line.text) } else { line.text });
            }
        }
        (self.known, self.selected) = (known, selected);
        self.print_line(&news, typing.map(|(_, text)| text))
    }

    /// Prints lines, and after them the line in which text is typed. What was typed behind it is all that is printed if
    /// nothing else is new.
    fn print_line(&mut self, news: &[String], typing: Option<String>) -> String {
        let before = std::mem::replace(&mut self.typed, typing);
        let typing = self.typed.as_deref();
        if news.is_empty() {
            match (&before, typing) {
                (Some(before), Some(now)) if now.starts_with(before.as_str()) => {
                    return now[before.len()..].to_owned();
                }
                (None, None) => return String::new(),
                _ => {}
            }
        }
        let mut told = String::new();
        if before.is_some() {
            told.push_str(LINE_END);
        }
        for line in news {
            told.extend([line, LINE_END]);
        }
        told.push_str(typing.unwrap_or_default());
        told
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;

    fn told_lines(narrator: &mut Narrator, lines: &[&str], cursor: Option<(u16, u16)>) -> String {
        let frame = Buffer::with_lines(lines.iter().copied());
        let rows: Vec<&[Cell]> = frame.content.chunks(usize::from(frame.area.width)).collect();
        narrator.tell(&rows, cursor.map(Position::from))
    }

    #[test]
    fn what_was_told_is_not_told_again_and_the_selected_row_is_when_it_moves() {
        let mut narrator = Narrator::default();
        let told = told_lines(&mut narrator, &["│ accounts │", "│ ▶ ada   2 h │", "│   eve   3 h │"], None);
        assert_eq!(told, "accounts\r\nselected: ada, 2 h\r\neve, 3 h\r\n");
        let told = told_lines(&mut narrator, &["│ accounts │", "│ ▶ ada   3 h │", "│   eve   4 h │"], None);
        assert_eq!(told, "", "only ages have changed");
        let told = told_lines(&mut narrator, &["│ accounts │", "│   ada   3 h │", "│ ▶ eve   4 h │"], None);
        assert_eq!(told, "selected: eve, 4 h\r\n");
        let told = told_lines(&mut narrator, &["│ accounts │", "│   eve   4 h │", "│ ▶ eve   4 h │"], None);
        assert_eq!(told, "");
        let told = told_lines(&mut narrator, &["│ accounts │", "│ ▶ eve   4 h │", "│   eve   4 h │"], None);
        assert_eq!(told, "selected: eve, 4 h\r\n", "another row that says the same");
    }

    #[test]
    fn what_is_typed_is_printed_as_it_comes() {
        let mut narrator = Narrator::default();
        told_lines(&mut narrator, &["│ revoke │", "│ ▶ reason  │"], None);
        assert_eq!(told_lines(&mut narrator, &["│ revoke │", "│ ▶ reason  │"], Some((11, 1))), "reason");
        assert_eq!(told_lines(&mut narrator, &["│ revoke │", "│ ▶ reason w │"], Some((12, 1))), " w");
        assert_eq!(told_lines(&mut narrator, &["│ revoke │", "│ ▶ reason wh │"], Some((13, 1))), "h");
        assert_eq!(
            told_lines(&mut narrator, &["│ revoke │", "│ ▶ reason w │"], Some((12, 1))),
            "\r\nreason w"
        );
        let told = told_lines(&mut narrator, &["│ revoke │", "│   reason w │", "│ it is done │"], None);
        assert_eq!(told, "\r\nreason w\r\nit is done\r\n");
    }
}
