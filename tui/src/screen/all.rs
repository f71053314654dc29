//! The state of all screens, from the list of screens.

use crate::interface::screen::Screen;
use crate::registry::place::{ScreenKind, for_each_screen};

macro_rules! screens {
    ($($(#[$doc:meta])* $module:ident::$screen:ident $(shows $subject:ident)?
        $(goes $name:literal $label:literal $key:literal)?;)*) => {
        /// The state of all screens. A screen keeps its state while another one is current.
        #[derive(Debug, Default)]
        pub struct Screens {
            $($(#[$doc])* pub $module: super::$module::$screen,)*
        }

        impl Screens {
            /// One of the screens.
            pub fn get(&self, kind: ScreenKind) -> &dyn Screen {
                match kind {
                    $(ScreenKind::$screen => &self.$module,)*
                }
            }

            /// One of the screens, to change it.
            pub fn get_mut(&mut self, kind: ScreenKind) -> &mut dyn Screen {
                match kind {
                    $(ScreenKind::$screen => &mut self.$module,)*
                }
            }
        }
    };
}
for_each_screen!(screens);

impl Screens {
    /// All screens.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Screen> {
        ScreenKind::ALL.iter().map(|kind| self.get(*kind))
    }

    /// Does the same with all screens.
    pub fn for_each(&mut self, mut each: impl FnMut(&mut dyn Screen)) {
        for kind in ScreenKind::ALL {
            each(self.get_mut(*kind));
        }
    }
}
