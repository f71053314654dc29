//! Tenants are isolated, in the responses of the API and in what the database permits.

mod api;
mod catalogue;
mod doctor;
mod rows;
