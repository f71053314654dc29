//! Dropbox's addresses.

use url::Url;

const WEB: &str = "https://www.dropbox.com";
const API: &str = "https://api.dropboxapi.com";

/// The addresses of Dropbox, or of a simulator during development.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) api: Url,
}

/// Why addresses are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is not of the form `scheme://host[:port]`.
    #[error("a provider address must be scheme://host[:port] and nothing else")]
    NotAnOrigin,
    /// It is not one of Dropbox's hosts over https, and the development switch is off.
    #[error("provider addresses other than Dropbox's own need the development switch")]
    Foreign,
    /// It is plain http, which the HTTP client does not allow.
    #[error("provider addresses must be https; plain http needs the development switch")]
    Scheme,
    /// It is one of Dropbox's own hosts, which no sandbox may reach.
    #[error("the address of the sandbox must not be Dropbox's own")]
    Live,
}

impl Endpoints {
    /// Dropbox's own addresses.
    ///
    /// # Errors
    /// None in practice: the addresses are constants that are parsed like any other.
    pub fn dropbox() -> Result<Self, EndpointError> {
        let parse = |text| Url::parse(text).map_err(|_| EndpointError::NotAnOrigin);
        Self::at(&parse(WEB)?, &parse(API)?, false)
    }

    /// The simulator of Dropbox for sandboxes, which has one origin.
    ///
    /// # Errors
    /// [`EndpointError::Live`] for a host of Dropbox.
    pub fn sandbox(origin: &Url) -> Result<Self, EndpointError> {
        let is_live = |host: &str| {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            ["dropbox.com", "dropboxapi.com"]
                .iter()
                .any(|own| host.strip_suffix(own).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
        };
        if origin.host_str().is_some_and(is_live) {
            return Err(EndpointError::Live);
        }
        Self::at(origin, origin, true)
    }

    /// The origins of the web pages and of the API. `development` permits any origin.
    ///
    /// # Errors
    /// [`EndpointError`].
    pub fn at(web: &Url, api: &Url, development: bool) -> Result<Self, EndpointError> {
        for (url, own) in [(web, WEB), (api, API)] {
            let bare = url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none();
            if !bare || !matches!(url.scheme(), "http" | "https") {
                return Err(EndpointError::NotAnOrigin);
            }
            if !development && url.origin().ascii_serialization() != own {
                return Err(EndpointError::Foreign);
            }
        }
        let join = |base: &Url, path| base.join(path).map_err(|_| EndpointError::NotAnOrigin);
        Ok(Self {
            authorize: join(web, "/oauth2/authorize")?,
            token: join(api, "/oauth2/token")?,
            api: join(api, "/2/")?,
        })
    }

    /// The address of an API route such as `users/get_current_account`.
    pub(super) fn route(&self, route: &str) -> Url {
        let mut url = self.api.clone();
        url.set_path(&format!("/2/{route}"));
        url
    }
}
