//! Wire types of the tenant API (/v1) and the admin API (/admin/v1).
