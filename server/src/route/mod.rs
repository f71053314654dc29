//! All routes, in one list.
