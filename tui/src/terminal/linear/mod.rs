//! The linear mode, for screen readers, braille displays and logs: the frame is not drawn but told. What is new in a
//! frame is printed below what was printed before, a line at a time.

mod line;
mod narrator;

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};

use narrator::Narrator;

/// The size of the frame that is told, in columns and rows, whatever the size of the terminal. Below 80 columns, screens
/// show one pane; the terminal wraps what is longer than its own line.
pub const SIZE: (u16, u16) = (79, 24);

/// A backend of ratatui that tells its frames line by line.
#[derive(Debug)]
pub struct Linear<W> {
    out: W,
    frame: Buffer,
    cursor: Position,
    has_cursor: bool,
    narrator: Narrator,
}

impl<W: Write> Linear<W> {
    /// Tells to this writer.
    pub fn new(out: W) -> Self {
        Self {
            out,
            frame: Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1)),
            cursor: Position::ORIGIN,
            has_cursor: false,
            narrator: Narrator::default(),
        }
    }

    /// The writer.
    pub fn out(&self) -> &W {
        &self.out
    }
}

impl<W: Write> Backend for Linear<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            if let Some(place) = self.frame.cell_mut((x, y)) {
                *place = cell.clone();
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.has_cursor = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.has_cursor = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = position.into();
        Ok(())
    }

    /// Everything is told again with the next frame.
    fn clear(&mut self) -> io::Result<()> {
        self.frame.reset();
        self.narrator = Narrator::default();
        Ok(())
    }

    fn clear_region(&mut self, _kind: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        Ok(Size::from(SIZE))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: Size::from(SIZE), pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        let rows: Vec<&[Cell]> = self.frame.content.chunks(usize::from(SIZE.0)).collect();
        let cursor = self.has_cursor.then_some(self.cursor);
        let told = self.narrator.tell(&rows, cursor);
        self.out.write_all(told.as_bytes())?;
        self.out.flush()
    }
}
