//! Members of edits that can be omitted, `null` or a value.

use serde::{Deserialize, Deserializer};

/// Tells `null` from a member that is omitted.
#[expect(clippy::option_option, reason = "omitted, null or a value")]
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
