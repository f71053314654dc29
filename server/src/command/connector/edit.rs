//! `bowline-server connector edit`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_api::ConnectorId;
use bowline_api::admin::{EditBranding, EditConnector};
use bowline_api::status::Completion;

use super::warning::warn_of;
use crate::app::App;
use crate::command::output::Format;
use crate::command::tenant::named;
use crate::domain::Actor;
use crate::service::connector;
use crate::service::connector::logo::LARGEST_UPLOAD;

/// What changes. What is not given stays as it is.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct Arguments {
    /// Tenant: short name or id.
    #[arg(long)]
    tenant: String,
    /// Connector id: `conn_…`.
    #[arg(long)]
    connector: ConnectorId,
    /// Name of the app, which end users see.
    #[arg(long)]
    name: Option<String>,
    /// Scope to request; repeat it for all of them. They replace the earlier ones. Accounts that are linked keep theirs.
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// URL to which browsers may be redirected back; repeat it for all of them. They replace the earlier ones.
    #[arg(long = "return-url")]
    return_urls: Vec<String>,
    /// Who completes a link: `tenant` or `browser`. With `browser`, nobody checks that the person who approves is the person
    /// who began the link.
    #[arg(long)]
    completion: Option<Completion>,
    /// Whether Bowline's page asks for confirmation before the provider does.
    #[arg(long, value_name = "true|false")]
    confirm_page: Option<bool>,
    /// Make it the connector of link sessions that name none.
    #[arg(long)]
    default: bool,
    #[command(flatten)]
    branding: BrandingArguments,
    #[command(flatten)]
    format: Format,
}

/// What the link pages show of the app.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "one flag for each thing that can be removed")]
struct BrandingArguments {
    /// Accent colour of the link pages: `#rrggbb`.
    #[arg(long, value_name = "COLOUR", conflicts_with = "no_accent")]
    accent: Option<String>,
    /// Remove the accent colour.
    #[arg(long)]
    no_accent: bool,
    /// PNG or SVG file with the app's logo.
    #[arg(long, value_name = "FILE", conflicts_with = "no_logo")]
    logo: Option<PathBuf>,
    /// Remove the logo.
    #[arg(long)]
    no_logo: bool,
    /// https or mailto URL where users of the app find help.
    #[arg(long, value_name = "URL", conflicts_with = "no_support_url")]
    support_url: Option<String>,
    /// Remove the support URL.
    #[arg(long)]
    no_support_url: bool,
    /// https URL of the app's privacy statement.
    #[arg(long, value_name = "URL", conflicts_with = "no_privacy_url")]
    privacy_url: Option<String>,
    /// Remove the privacy URL.
    #[arg(long)]
    no_privacy_url: bool,
}

impl BrandingArguments {
    fn read(self) -> anyhow::Result<EditBranding> {
        let Self { accent, no_accent, support_url, no_support_url, privacy_url, no_privacy_url, .. } = self;
        let logo = self.logo.as_deref().map(read_logo).transpose()?;
        Ok(EditBranding {
            accent: changed_value(accent, no_accent),
            logo: changed_value(logo, self.no_logo),
            support_url: changed_value(support_url, no_support_url),
            privacy_url: changed_value(privacy_url, no_privacy_url),
        })
    }
}

/// A value, its removal, or neither.
#[expect(clippy::option_option, reason = "kept, removed or set")]
fn changed_value(value: Option<String>, is_removed: bool) -> Option<Option<String>> {
    if is_removed { Some(None) } else { value.map(Some) }
}

fn read_logo(file: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot read {}", file.display());
    let length = std::fs::metadata(file).with_context(cannot)?.len();
    if length > LARGEST_UPLOAD as u64 {
        bail!(
            "{} has {length} bytes; a logo of at most {} KiB is accepted",
            file.display(),
            LARGEST_UPLOAD / 1024
        );
    }
    Ok(STANDARD.encode(std::fs::read(file).with_context(cannot)?))
}

/// Runs the subcommand.
pub(super) async fn run(app: &App, arguments: Arguments) -> anyhow::Result<()> {
    let Arguments {
        tenant,
        connector,
        name,
        scopes,
        return_urls,
        completion,
        confirm_page,
        default,
        branding,
        format,
    } = arguments;
    let wanted = EditConnector {
        name,
        scopes: Some(scopes).filter(|scopes| !scopes.is_empty()),
        return_urls: Some(return_urls).filter(|urls| !urls.is_empty()),
        completion,
        confirm_page,
        is_default: default.then_some(true),
        branding: Some(branding.read()?),
    };
    let tenant = named(app, &tenant).await?;
    let now = connector::edit(app, &Actor::CommandLine, tenant, connector, wanted).await?;
    warn_of(completion);
    format.print(&now, |now| format!("{} is as it was asked for", now.id))
}
