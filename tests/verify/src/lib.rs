//! The one test command: brings what it needs, then runs every check.
