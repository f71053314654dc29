//! Queries of database functions that take the arguments of many calls as arrays and return rows.

/// Defines a query of all rows that a database function returns: its arguments with their types in Rust and in SQL, and the
/// columns of the rows.
macro_rules! function_query {
    ($name:ident { $($argument:ident: $rust:ty as $sql:ty),+ } $function:literal -> $columns:ty) => {
        #[derive(diesel::query_builder::QueryId)]
        struct $name {
            $($argument: $rust),+
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                let mut separator = concat!("SELECT * FROM ", $function, "(");
                $(
                    out.push_sql(std::mem::replace(&mut separator, ", "));
                    out.push_bind_param::<$sql, _>(&self.$argument)?;
                )+
                out.push_sql(")");
                Ok(())
            }
        }

        impl diesel::query_builder::Query for $name {
            type SqlType = $columns;
        }
    };
}

pub(in crate::store) use function_query;
