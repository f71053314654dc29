//! What a test needs, in words.
