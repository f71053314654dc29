//! What there is: the list of screens, the list of actions, and the keys of the actions.

pub mod action;
mod change;
mod entry;
mod group;
pub mod keymap;
pub mod place;
pub mod screen_settings;
