//! What the client asks of every screen and dialog, and what they ask of the client.

pub mod command_line;
pub mod dialog;
pub mod screen;
