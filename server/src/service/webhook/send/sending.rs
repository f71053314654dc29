//! What all lanes of a process share: the HTTP client, and how much they do at once.

use std::path::Path;

use anyhow::Context as _;
use bowline_webhook::{BadTarget, Poster, PosterOptions, Target};

use super::leases::Leases;
use super::places::Places;
use crate::settings::Settings;

/// What all lanes of a process share.
pub struct Sending {
    pub(super) poster: Poster,
    pub(super) places: Places,
    pub(super) leases: Leases,
}

impl Sending {
    /// Assembles the parts from the settings.
    ///
    /// # Errors
    /// If the certificates of the settings cannot be read.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        let wanted = &settings.webhooks;
        let extra_roots = wanted.ca_file.as_deref().map(read).transpose()?;
        let allow_loopback = wanted.allow_loopback;
        let denied = wanted.deny.iter().map(|network| network.0).collect();
        let options = PosterOptions { extra_roots, denied, allow_loopback, ..PosterOptions::default() };
        let poster = Poster::new(options).context("bowline.webhooks")?;
        Ok(Self { poster, places: Places::default(), leases: Leases::default() })
    }

    /// The URL, if it may be called.
    ///
    /// # Errors
    /// [`BadTarget`].
    pub fn target(&self, url: &str) -> Result<Target, BadTarget> {
        self.poster.target(url)
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}
