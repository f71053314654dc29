//! Which role the groups of a person give, and for which tenants.

use bowline_api::status::Role;

use crate::settings::SignOn;

/// What a person may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoleGrant<'a> {
    /// The highest role of all entries that fit.
    pub(super) role: Role,
    /// The tenants of the entries with this role; `None` for all tenants.
    pub(super) tenants: Option<Vec<&'a str>>,
}

/// What the members of these groups may do; `None` if no entry fits.
pub(super) fn of<'a>(settings: &'a SignOn, groups: &[String]) -> Option<RoleGrant<'a>> {
    let fitting = || settings.roles.iter().filter(|entry| groups.contains(&entry.group));
    let role = fitting().map(|entry| entry.role).max()?;
    let mut tenants = Some(Vec::new());
    for entry in fitting().filter(|entry| entry.role == role) {
        tenants = match (tenants, &entry.tenants) {
            (Some(mut all), Some(more)) => {
                all.extend(more.iter().map(String::as_str));
                Some(all)
            }
            // One entry for all tenants is enough.
            _ => None,
        };
    }
    Some(RoleGrant { role, tenants })
}

#[cfg(test)]
mod tests {
    use crate::settings::{self, GroupRole};

    use super::*;

    #[test]
    fn the_highest_role_counts_with_the_tenants_of_all_entries_that_have_it() {
        let mut settings = settings::read(None).unwrap().settings.sign_on;
        let entry = |group: &str, role, tenants: Option<&[&str]>| GroupRole {
            group: group.to_owned(),
            role,
            tenants: tenants.map(|all| all.iter().map(|&one| one.to_owned()).collect()),
        };
        settings.roles = vec![
            entry("watch", Role::Viewer, None),
            entry("acme", Role::Operator, Some(&["acme"])),
            entry("blue", Role::Operator, Some(&["blue"])),
            entry("support", Role::Operator, None),
            entry("boss", Role::Admin, None),
        ];
        for (groups, role, tenants) in [
            (&["watch"][..], Role::Viewer, None),
            (&["acme"], Role::Operator, Some(vec!["acme"])),
            (&["watch", "acme", "blue", "other"], Role::Operator, Some(vec!["acme", "blue"])),
            (&["acme", "support"], Role::Operator, None),
            (&["acme", "boss"], Role::Admin, None),
        ] {
            let groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
            assert_eq!(of(&settings, &groups), Some(RoleGrant { role, tenants }), "{groups:?}");
        }
        assert_eq!(of(&settings, &[]), None);
        // Names of groups are compared as they are.
        assert_eq!(of(&settings, &["Boss".to_owned(), "bos".to_owned()]), None);
    }
}
