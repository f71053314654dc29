//! What the wire types of both APIs say about sandboxes.

/// For fields that are present only in a sandbox.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
