//! What the pages of a tenant's links load besides our own style: its logo and its accent colour.
//!
//! Both have addresses that change with their content, so browsers may keep them.

use std::sync::Arc;

use bowline_api::ConnectorId;
use rocket::http::{ContentType, Header};
use rocket::{State, get};

use super::failed::Failed;
use crate::app::App;
use crate::domain::Error;
use crate::service::connector::branding;
use crate::service::connector::logo::LogoFormat;

/// How long browsers may keep a logo, which never changes: a year.
const KEEP: &str = "public, max-age=31536000, immutable";
/// The policy of a logo that is opened by itself: nothing runs, and nothing is loaded.
const LOGO_CONTENT_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// A file with an address of its own content.
#[derive(rocket::Responder)]
pub(super) struct CachedFile<T> {
    body: T,
    kind: ContentType,
    cache: Header<'static>,
    policy: Header<'static>,
    origin: Header<'static>,
}

impl<T> CachedFile<T> {
    fn new(kind: ContentType, body: T) -> Self {
        Self {
            body,
            kind,
            cache: Header::new("Cache-Control", KEEP),
            policy: Header::new("Content-Security-Policy", LOGO_CONTENT_POLICY),
            origin: Header::new("Cross-Origin-Resource-Policy", "same-origin"),
        }
    }
}

#[get("/link/<connector>/logo/<file>")]
pub(super) async fn logo(
    app: &State<Arc<App>>,
    connector: &str,
    file: &str,
) -> Result<CachedFile<Vec<u8>>, Failed> {
    let connector: ConnectorId = connector.parse().map_err(|_| Error::not_found())?;
    let logo = branding::logo(app, connector, file).await?;
    let kind = match logo.format {
        LogoFormat::Png => ContentType::PNG,
        LogoFormat::Svg => ContentType::SVG,
    };
    Ok(CachedFile::new(kind, logo.bytes))
}

#[get("/link/accent/1/<file>")]
pub(super) fn accent(file: &str) -> Result<CachedFile<String>, Failed> {
    Ok(CachedFile::new(ContentType::CSS, branding::stylesheet(file)?))
}
