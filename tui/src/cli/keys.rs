//! `bowline keys`: the registry of actions with the configured keys.

use std::process::ExitCode;

use crate::config::Config;
use crate::registry::action::{HelpGroup, registry};
use crate::registry::keymap::Keymap;

use super::output::Output;
use super::{CliError, Outcome};

/// Prints every action with its keys.
pub(super) fn print(config: &Config, out: &mut Output) -> Result<ExitCode, CliError> {
    let keymap = Keymap::new(&config.keys).map_err(|e| CliError::Usage(format!("config.toml: {e}")))?;
    if out.is_json() {
        let all: Vec<_> = registry()
            .map(|entry| {
                serde_json::json!({
                    "name": entry.name,
                    "label": entry.label,
                    "group": entry.group.title(),
                    "role": entry.role,
                    "danger": entry.danger.as_str(),
                    "keys": keymap.keys_of(entry.action).split(' ').filter(|k| *k != "–").collect::<Vec<_>>(),
                })
            })
            .collect();
        out.json(&all)?;
        return Ok(Outcome::Success.into());
    }
    for group in HelpGroup::ALL {
        out.line(group.title())?;
        for entry in registry().filter(|e| e.group == group) {
            let keys = crate::text::fit(&keymap.keys_of(entry.action), 18);
            let name = crate::text::fit(entry.name, 17);
            out.line(&format!("  {keys} {name} {}", entry.label))?;
        }
    }
    Ok(Outcome::Success.into())
}
