//! The list of screens. From it come the places where an operator can be, and the screens' state (`screen/all.rs`).

use bowline_api::AccountId;

/// Calls a macro with the list of screens. A line is: the screen's module in `screen/` and its type; the type of what
/// it shows if it shows one of many; and, if an action of the registry goes there, the action's name in
/// `config.toml`, its label and its key.
macro_rules! for_each_screen {
    ($callback:ident) => {
        $callback! {
            /// The list of accounts.
            accounts::Accounts goes "accounts" "accounts" "1";
            /// One account.
            account::Account shows AccountId;
            /// The list of tenants.
            tenants::Tenants goes "tenants" "tenants" "2";
            /// An audit log.
            audit::Audit goes "audit" "audit log" "3";
        }
    };
}
pub(crate) use for_each_screen;

macro_rules! places {
    ($($(#[$doc:meta])* $module:ident::$screen:ident $(shows $subject:ident)?
        $(goes $name:literal $label:literal $key:literal)?;)*) => {
        /// The screens, without what they show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ScreenKind {
            $($(#[$doc])* $screen,)*
        }

        impl ScreenKind {
            /// Every screen, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$screen),*];
        }

        /// A place where an operator can be: a screen and what it shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Place {
            $($(#[$doc])* $screen $(($subject))?,)*
        }

        impl Place {
            /// The screen of this place.
            pub fn kind(self) -> ScreenKind {
                match self {
                    $(Self::$screen { .. } => ScreenKind::$screen,)*
                }
            }
        }
    };
}
for_each_screen!(places);
