//! Nobody takes the machine away from the others.

mod address;
mod log_check;
mod operator;
mod tenant;
