//! Limits a list to the rows of some tenants.

/// Adds the condition on the tenant to a boxed query. One tenant is an equality, because only then does an index that begins with the tenant
/// give the order of the list.
macro_rules! of_tenants {
    ($query:expr, $column:expr, $whose:expr) => {
        match $whose.tenants() {
            None => $query,
            Some([one]) => $query.filter($column.eq(*one)),
            Some(several) => $query.filter($column.eq_any(several.to_vec())),
        }
    };
}

pub(super) use of_tenants;
