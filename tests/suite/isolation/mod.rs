//! Tenants apart: in what the API answers, and in what the database allows.

mod api;
mod catalogue;
mod doctor;
mod rows;
