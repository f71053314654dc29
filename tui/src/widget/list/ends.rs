//! Where the loaded rows of a list end, and which of them is the next one that fits.

use crate::widget::row::Row;

use super::List;

impl<T: Row> List<T> {
    /// The place of the next loaded row, before or after the selected one, that `fits`.
    pub fn find(&self, is_forward: bool, fits: impl Fn(&T) -> bool) -> Option<usize> {
        let fits_at = |place: &usize| self.row(*place).is_some_and(&fits);
        if is_forward {
            (self.selected + 1..self.len()).find(fits_at)
        } else {
            (self.above..self.selected).rev().find(fits_at)
        }
    }

    /// Whether there are rows before the loaded ones, or after them.
    pub fn has_more(&self, is_forward: bool) -> bool {
        if is_forward {
            !self.is_complete()
        } else {
            self.pages.front().is_some_and(|page| page.prev.is_some())
        }
    }

    /// The place of the first loaded row, or of the last one.
    pub fn end(&self, is_forward: bool) -> usize {
        if is_forward { self.len().saturating_sub(1) } else { self.above }
    }
}
