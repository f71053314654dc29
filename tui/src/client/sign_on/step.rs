//! Where an operator logs in at the identity provider, and what they have to do there.

/// Where the operator logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOnWay {
    /// The operator logs in with a browser on this machine.
    Browser,
    /// In the browser of another device, with a code.
    Device,
}

/// What the operator has to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignOnStep {
    /// Log in on this page, in a browser on this machine.
    Page {
        /// The page.
        url: String,
        /// Whether a browser was told to open it.
        opened: bool,
    },
    /// The operator enters this code on another device.
    Code {
        /// The code.
        code: String,
        /// Where to enter it.
        url: String,
        /// The same page with the code in its address.
        complete_url: Option<String>,
    },
    /// Nothing more: they have logged in there, and the server has to say what follows.
    LoggedIn,
}

impl SignOnStep {
    /// The page to open.
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Page { url, .. } => Some(url),
            Self::Code { url, complete_url, .. } => Some(complete_url.as_ref().unwrap_or(url)),
            Self::LoggedIn => None,
        }
    }

    /// What the operator has to do, in words; `key` copies the page's address. What they need first comes first, because the end may be
    /// cut.
    pub fn words(&self, key: &str) -> String {
        match self {
            Self::Page { opened: true, .. } => {
                format!("… log in in the browser that has opened ({key} copies the address of the page)")
            }
            Self::Page { opened: false, .. } => {
                format!("… no browser can be opened here: {key} copies the address of the page")
            }
            Self::Code { code, url, .. } => {
                format!("… enter {code} at {url} on any device ({key} copies the address)")
            }
            Self::LoggedIn => "… logged in there, waiting for the server".to_owned(),
        }
    }
}
