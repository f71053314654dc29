//! The warning about links that browsers complete.

use bowline_api::status::Completion;

/// The warning for a connector that is added or edited with `--completion browser`.
const FORWARDED_LINK_WARNING: &str = "Warning: with --completion browser nobody checks that the person who approves is the person who began. \
                         If somebody begins a link and sends it to another person, who approves, that person's Dropbox is linked to \
                         the sender. Use --completion tenant wherever the tenant's app has sessions of its users.";

/// Warns if browsers are to complete the links of a connector.
pub(super) fn warn_of(completion: Option<Completion>) {
    if completion == Some(Completion::Browser) {
        bowline_stdio::eprintln!("{FORWARDED_LINK_WARNING}");
    }
}
