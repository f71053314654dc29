//! What a connector shows of its app on the link pages: checked, stored, and served from our own addresses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_api::ConnectorId;
use bowline_api::admin::{self, EditBranding};
use url::Url;

use super::logo::{Logo, LogoFormat};
use crate::app::App;
use crate::domain::accent::{Accent, Shade};
use crate::domain::credential::Digest;
use crate::domain::{Code, Error, Result, web_url};
use crate::store::TenantTx;
use crate::store::connectors::branding::{BrandingChange, BrandingRow};

/// The branding of a connector, for our pages. All addresses of ours are paths.
#[derive(Debug, Clone, Default)]
pub struct Branding {
    /// The accent colour.
    pub accent: Option<Accent>,
    /// The path of the stylesheet that sets `--brand` and `--on-brand` for light and dark pages.
    pub stylesheet: Option<String>,
    /// The path of the logo.
    pub logo: Option<String>,
    /// Where users of the app find help.
    pub support_url: Option<String>,
    /// The app's privacy statement.
    pub privacy_url: Option<String>,
    /// Whether the app is of a sandbox, which every page says.
    pub sandbox: bool,
}

impl Branding {
    /// The branding of `connector`. A stored accent that is no longer acceptable is left out.
    pub(in crate::service) async fn of(tx: &mut TenantTx, connector: ConnectorId) -> Result<Self> {
        let sandbox = tx.is_sandbox().await?;
        Ok(Self { sandbox, ..Self::from_row(connector, tx.branding(connector.uuid()).await?) })
    }

    fn from_row(connector: ConnectorId, branding_row: BrandingRow) -> Self {
        let accent = branding_row.accent.as_deref().and_then(|accent| Accent::parse(accent).ok());
        Self {
            accent,
            stylesheet: accent.as_ref().map(stylesheet_path),
            logo: branding_row
                .logo_type
                .zip(branding_row.logo_digest)
                .map(|(kind, digest)| format!("/link/{connector}/logo/{}.{kind}", hex::encode(digest))),
            support_url: branding_row.support_url,
            privacy_url: branding_row.privacy_url,
            sandbox: false,
        }
    }
}

/// The path of an accent's stylesheet. It is made from the accent alone, so that it needs no lookup. The number changes
/// with the rules by which the stylesheet is made, because browsers keep it.
fn stylesheet_path(accent: &Accent) -> String {
    format!("/link/accent/1/{}.css", accent.to_string().trim_start_matches('#'))
}

/// The stylesheet in the file `name` under `stylesheet_path`.
///
/// # Errors
/// `not_found` if no connector can have this accent.
pub fn stylesheet(name: &str) -> Result<String> {
    let accent = name.strip_suffix(".css").filter(|digits| !digits.bytes().any(|b| b.is_ascii_uppercase()));
    let accent = accent.and_then(|digits| Accent::parse(&format!("#{digits}")).ok());
    Ok(accent.ok_or_else(Error::not_found)?.stylesheet())
}

/// The logo of a connector in the file `name`, which its address contains.
///
/// # Errors
/// `not_found` if the connector has another one or none.
pub async fn logo(app: &App, connector: ConnectorId, name: &str) -> Result<Logo> {
    let (digest, format) = name.split_once('.').ok_or_else(Error::not_found)?;
    let digest = Digest::from_hex(digest).ok_or_else(Error::not_found)?;
    let format = LogoFormat::named(format).ok_or_else(Error::not_found)?;
    let bytes = app.store.by_credential(digest, async |tx| tx.logo(connector.uuid(), digest).await).await?;
    let logo = Logo { format, bytes: bytes.ok_or_else(Error::not_found)? };
    // The format belongs to the digest, and a stored logo that was edited is not shown.
    if logo.digest() == digest { Ok(logo) } else { Err(Error::not_found()) }
}

/// A change of a branding, checked.
#[derive(Debug, Default)]
#[expect(clippy::option_option, reason = "kept, emptied or set")]
pub(super) struct BrandingEdit {
    accent: Option<Option<Accent>>,
    logo: Option<Option<Logo>>,
    support_url: Option<Option<String>>,
    privacy_url: Option<Option<String>>,
}

impl BrandingEdit {
    /// Checks a change. The logo is written again on a thread of its own.
    ///
    /// # Errors
    /// `invalid_field`.
    pub(super) async fn check(wanted: EditBranding) -> Result<Self> {
        let accent = wanted.accent.map(|accent| accent.as_deref().map(Accent::parse).transpose());
        let url = |field, schemes, url: Option<String>| {
            url.as_deref().map(|url| web_url::parse(field, url, schemes)).transpose()
        };
        Ok(Self {
            accent: accent.transpose()?,
            support_url: wanted
                .support_url
                .map(|text| url("branding.support_url", &["https", "mailto"], text))
                .transpose()?,
            privacy_url: wanted
                .privacy_url
                .map(|text| url("branding.privacy_url", &["https"], text))
                .transpose()?,
            logo: match wanted.logo {
                None => None,
                Some(None) => Some(None),
                Some(Some(file)) => Some(Some(read_accent(file).await?)),
            },
        })
    }

    /// Makes the change. Returns the names of what is different afterwards.
    pub(super) async fn make(&self, tx: &mut TenantTx, connector: ConnectorId) -> Result<Vec<&'static str>> {
        let old = tx.branding(connector.uuid()).await?;
        let accent = self.accent.map(|accent| accent.map(|accent| accent.to_string()));
        let digest =
            self.logo.as_ref().map(|logo| logo.as_ref().map(|logo| logo.digest().as_bytes().to_vec()));
        let mut changed = Vec::new();
        for (name, differs) in [
            ("branding.accent", branding_differs(accent.as_ref(), &old.accent)),
            ("branding.logo", branding_differs(digest.as_ref(), &old.logo_digest)),
            ("branding.support_url", branding_differs(self.support_url.as_ref(), &old.support_url)),
            ("branding.privacy_url", branding_differs(self.privacy_url.as_ref(), &old.privacy_url)),
        ] {
            changed.extend(differs.then_some(name));
        }
        if changed.is_empty() {
            return Ok(changed);
        }
        let logo = self.logo.as_ref();
        let change = BrandingChange {
            accent,
            logo: logo.map(|logo| logo.as_ref().map(|logo| logo.bytes.clone())),
            logo_type: logo.map(|logo| logo.as_ref().map(|logo| logo.format.as_str().to_owned())),
            logo_digest: digest,
            support_url: self.support_url.clone(),
            privacy_url: self.privacy_url.clone(),
        };
        tx.change_branding(connector.uuid(), &change).await?;
        Ok(changed)
    }
}

fn branding_differs<T: PartialEq>(new: Option<&T>, old: &T) -> bool {
    new.is_some_and(|new| new != old)
}

async fn read_accent(file: String) -> Result<Logo> {
    let refuse =
        || Code::InvalidField.because("branding.logo must be a file as base64").field("branding.logo");
    let text: String = file.split_ascii_whitespace().collect();
    let file = STANDARD.decode(text).map_err(|_| refuse())?;
    let read = tokio::task::spawn_blocking(move || Logo::read(&file)).await;
    Ok(read.map_err(|source| Error::internal("a logo could not be read", source))??)
}

/// A branding as operators see it.
pub(super) fn to_wire(
    public_url: &Url,
    connector: ConnectorId,
    branding_row: BrandingRow,
) -> admin::Branding {
    let branding = Branding::from_row(connector, branding_row);
    let shade = |shade: Shade| admin::Shade { fill: shade.fill.to_string(), text: shade.text.to_string() };
    let origin = public_url.as_str().trim_end_matches('/');
    admin::Branding {
        accent: branding.accent.map(|accent| admin::Accent {
            colour: accent.to_string(),
            light: shade(accent.light),
            dark: shade(accent.dark),
        }),
        logo_url: branding.logo.map(|path| format!("{origin}{path}")),
        support_url: branding.support_url,
        privacy_url: branding.privacy_url,
    }
}
