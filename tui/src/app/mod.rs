pub mod action;
pub mod feed;
pub mod keymap;
pub mod list;
pub mod query;
