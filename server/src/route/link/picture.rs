//! The pictures of the ends, as lines in a square of 24 units.

/// A picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Picture {
    Alert,
    Arrow,
    Check,
    Clock,
    Cloud,
    Cookie,
    Cross,
    Link,
    People,
    Person,
    Search,
    Shield,
    Switch,
    Tool,
    Turning,
    Windows,
}

impl Picture {
    /// The lines, as the attribute `d` of a path.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 4l9.5 16h-19zM12 10v4.5M12 17.2v.1",
            Self::Arrow => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12h8M13 9l3 3-3 3",
            Self::Check => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12.3l2.8 2.8L16 9.5",
            Self::Clock => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3.2 2",
            Self::Cloud => "M7.5 18H17a4 4 0 0 0 .6-7.9A6 6 0 0 0 6.3 11A3.6 3.6 0 0 0 7.5 18M4 4l16 16",
            Self::Cookie => {
                "M12 3a9 9 0 1 0 9 9a3.5 3.5 0 0 1-4-4a4 4 0 0 1-5-5M8.5 9v.1M8 14v.1M12.5 12v.1M13.5 16.5v.1"
            }
            Self::Cross => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9 9l6 6M15 9l-6 6",
            Self::Link => {
                "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1M4 4l16 16"
            }
            Self::People => {
                "M9 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6M3 19c0-3.3 2.7-5 6-5s6 1.7 6 5M15.5 5.3a3 3 0 0 1 0 5.4M17.5 14.3c2.2.7 3.5 2.3 3.5 4.7"
            }
            Self::Person => {
                "M12 4a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7M5 20c0-3.5 3-6 7-6c1 0 2 .2 2.8.5M17 17l4 4M21 17l-4 4"
            }
            Self::Search => "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.5 15.5L21 21",
            Self::Shield => "M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5c-4.5-1.5-7.5-5-7.5-9.5V6zM12 8v5M12 16v.1",
            Self::Switch => "M12 3.5V11M7.5 6.5a7.5 7.5 0 1 0 9 0",
            Self::Tool => {
                "M14 6.5a4 4 0 0 1 5.3-2.7L16.5 6.6l.9 2.1 2.1.9 2.8-2.8A4 4 0 0 1 17 12.3L9.5 19.8a2 2 0 0 1-2.9 0l-.4-.4a2 2 0 0 1 0-2.9L13.7 9"
            }
            Self::Turning => "M12 3a9 9 0 1 1-9 9",
            Self::Windows => "M3 4h13v10H3zM3 7.5h13M8 17.5V20h13V9h-2",
        }
    }

    /// The class of the picture: whether it turns, and whether it points in the direction of reading.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Turning => "turns",
            Self::Arrow => "flips",
            _ => "",
        }
    }
}
