//! How common the parts of a text are.

use tokio_postgres::Client;

use crate::arguments::Size;

/// About as many accounts are looked at. One in a hundred is then 200, give or take 30.
const LOOKED_AT: f64 = 20_000.0;
/// The share of some accounts that have a part, for the part that the fewest have.
const RAREST: &str = "
    SELECT min(share) FROM (
        SELECT avg((search_text LIKE '%' || part || '%')::int)::float8 AS share
        FROM accounts TABLESAMPLE SYSTEM ($1::float4), unnest($2::text[]) AS part GROUP BY part
    ) AS parts";

/// The share of accounts that have the rarest trigram of the text: 1 if it has none.
pub(super) async fn rarest(client: &Client, size: Size, text: &str) -> anyhow::Result<f64> {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "it is a share")]
    let percent = (LOOKED_AT / size.0 as f64 * 100.0).min(100.0) as f32;
    let row = client.query_one(RAREST, &[&percent, &trigrams(text)]).await?;
    Ok(row.get::<_, Option<f64>>(0).unwrap_or(1.0))
}

/// The trigrams within the words of a text.
fn trigrams(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    let within_words = letters.windows(3).filter(|three| three.iter().all(|letter| letter.is_alphanumeric()));
    within_words.map(|three| three.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigrams_are_within_words() {
        assert_eq!(trigrams("Ada.costa ab"), ["ada", "cos", "ost", "sta"]);
        assert!(trigrams("a-b.c").is_empty());
    }
}
