//! SQL with values between its pieces, whose statement stays prepared. A statement with `diesel::dsl::sql` is parsed and planned at each
//! execution, and `accounts` has so many indexes that this takes about ten times as long as a lookup.

use std::marker::PhantomData;

use diesel::expression::{TypedExpressionType, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{self, SingleValue, Text};
use uuid::Uuid;

use crate::store::schema::accounts;

/// An expression on a row of `accounts`. Its pieces of SQL come from the program alone: each other one is one more statement that a
/// connection keeps prepared.
pub(super) struct Prepared<ST> {
    pieces: Vec<Piece>,
    kind: PhantomData<fn() -> ST>,
}

enum Piece {
    Sql(&'static str),
    Text(String),
    Id(Uuid),
}

impl<ST> Prepared<ST> {
    pub(super) fn new() -> Self {
        Self { pieces: Vec::new(), kind: PhantomData }
    }

    pub(super) fn sql(self, sql: &'static str) -> Self {
        self.with(Piece::Sql(sql))
    }

    pub(super) fn text(self, text: String) -> Self {
        self.with(Piece::Text(text))
    }

    pub(super) fn id(self, id: Uuid) -> Self {
        self.with(Piece::Id(id))
    }

    fn with(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }
}

impl<ST: SingleValue + TypedExpressionType> Expression for Prepared<ST> {
    type SqlType = ST;
}

impl<ST: SingleValue + TypedExpressionType> AppearsOnTable<accounts::table> for Prepared<ST> {}

impl<ST: SingleValue + TypedExpressionType> SelectableExpression<accounts::table> for Prepared<ST> {}

impl<ST> ValidGrouping<()> for Prepared<ST> {
    type IsAggregate = is_aggregate::Never;
}

impl<ST> QueryId for Prepared<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> QueryFragment<Pg> for Prepared<ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for piece in &self.pieces {
            match piece {
                Piece::Sql(sql) => out.push_sql(sql),
                Piece::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Piece::Id(id) => out.push_bind_param::<sql_types::Uuid, _>(id)?,
            }
        }
        Ok(())
    }
}
