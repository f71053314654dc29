//! Opens screens, from the list of screens.

use crate::interface::screen::Screen;
use crate::registry::place::{Place, for_each_screen};

macro_rules! screens {
    ($($(#[$doc:meta])* $module:ident::$screen:ident $(shows $subject:ident)?
        $(goes $name:literal $label:literal $($key:literal)+ for $role:ident)?;)*) => {
        fn empty(place: Place) -> Box<dyn Screen> {
            match place {
                $(Place::$screen { .. } => Box::<super::$module::$screen>::default(),)*
            }
        }
    };
}
for_each_screen!(screens);

/// A new screen for this place.
pub fn open(place: Place) -> Box<dyn Screen> {
    let mut screen = empty(place);
    screen.enter(place);
    screen
}
