//! When the next frame may be drawn. A flood of answers must not draw without end, and must not delay the frame of a key.

use std::time::Duration;

use tokio::time::Instant;

/// The minimum time between two frames for input, and from any frame to one for answers.
const MIN_FRAME_INTERVAL: Duration = Duration::from_millis(10);

/// What changed since the last frame. Input comes before answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FrameCause {
    Answer,
    Input,
}

/// The times of the last frames, and whether another one is wanted.
#[derive(Debug)]
pub(super) struct FrameRate {
    drawn: Instant,
    drawn_for_input: Instant,
    pending: Option<FrameCause>,
}

impl FrameRate {
    /// Nothing was drawn yet: the first frame is due now.
    pub(super) fn new(now: Instant) -> Self {
        let past = now.checked_sub(MIN_FRAME_INTERVAL).unwrap_or(now);
        Self { drawn: past, drawn_for_input: past, pending: Some(FrameCause::Input) }
    }

    pub(super) fn request(&mut self, cause: FrameCause) {
        self.pending = self.pending.max(Some(cause));
    }

    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The earliest time of the next frame; `None` if nothing changed since the last one.
    pub(super) fn due(&self) -> Option<Instant> {
        let last = match self.pending? {
            FrameCause::Input => self.drawn_for_input,
            FrameCause::Answer => self.drawn,
        };
        Some(last + MIN_FRAME_INTERVAL)
    }

    pub(super) fn drawn(&mut self, now: Instant) {
        if self.pending.take() == Some(FrameCause::Input) {
            self.drawn_for_input = now;
        }
        self.drawn = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_wait_for_the_interval_of_answers() {
        let begin = Instant::now();
        let mut frames = FrameRate::new(begin);
        assert!(frames.due() <= Some(begin), "the first frame");
        frames.drawn(begin);
        assert_eq!(frames.due(), None);

        let at = begin + MIN_FRAME_INTERVAL * 3;
        frames.request(FrameCause::Answer);
        frames.drawn(at);
        frames.request(FrameCause::Answer);
        assert_eq!(frames.due(), Some(at + MIN_FRAME_INTERVAL));
        frames.request(FrameCause::Input);
        assert!(frames.due() < Some(at), "the last frame for input was drawn long ago");
    }

    #[test]
    fn a_key_held_down_draws_once_in_the_interval() {
        let begin = Instant::now();
        let mut frames = FrameRate::new(begin);
        frames.drawn(begin);
        let at = begin + MIN_FRAME_INTERVAL;
        frames.request(FrameCause::Input);
        frames.request(FrameCause::Answer);
        frames.drawn(at);
        assert!(!frames.is_pending());
        frames.request(FrameCause::Input);
        assert_eq!(frames.due(), Some(at + MIN_FRAME_INTERVAL));
    }
}
