//! The parts of which screens and dialogs are made, with their state and what they look like.

pub mod behind;
pub mod beside;
pub mod call_state;
pub mod canvas;
pub mod changes;
pub mod completion;
mod find;
pub mod follow;
pub mod list;
pub mod listing;
pub mod marks;
pub mod queried_list;
pub mod query;
pub mod query_bar;
pub mod row;
pub mod rows;
pub mod status_line;
pub mod surroundings;
pub mod table;
pub mod text_field;
