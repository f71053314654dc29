//! `bowline keys`: the registry of actions, as the operator's configuration has it.

use std::process::ExitCode;

use crate::app::action::{Group, REGISTRY};
use crate::app::keymap::Keymap;
use crate::config::Config;

use super::output::Output;
use super::{Ended, Fault};

/// Prints every action with its keys.
pub(super) fn print(config: &Config, out: &mut Output) -> Result<ExitCode, Fault> {
    let keymap = Keymap::new(&config.keys).map_err(|e| Fault::Usage(format!("config.toml: {e}")))?;
    if out.is_json() {
        let all: Vec<_> = REGISTRY
            .iter()
            .map(|entry| {
                serde_json::json!({
                    "name": entry.name,
                    "label": entry.label,
                    "group": entry.group.title(),
                    "danger": format!("{:?}", entry.danger).to_lowercase(),
                    "keys": keymap.keys_of(entry.action).split(' ').filter(|k| *k != "–").collect::<Vec<_>>(),
                })
            })
            .collect();
        out.json(&all)?;
        return Ok(Ended::Done.into());
    }
    for group in Group::ALL {
        out.line(group.title())?;
        for entry in REGISTRY.iter().filter(|e| e.group == group) {
            let keys = crate::text::fit(&keymap.keys_of(entry.action), 18);
            let name = crate::text::fit(entry.name, 15);
            out.line(&format!("  {keys} {name} {}", entry.label))?;
        }
    }
    Ok(Ended::Done.into())
}
