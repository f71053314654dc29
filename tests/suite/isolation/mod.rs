//! Isolation of tenants, in the API's answers and in the database.

mod api;
mod catalogue;
mod doctor;
mod rows;
