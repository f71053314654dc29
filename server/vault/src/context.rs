//! What a sealed value is and where it belongs: the associated data that ties it to its place.

use uuid::Uuid;

use crate::{Facts, VaultError};

/// What a secret is for. Each purpose has its own subkey, so a value of one never opens as another.
///
/// The codes stand in stored envelopes: they are never reused or renumbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Purpose {
    /// A provider's access token of an account.
    AccessToken = 1,
    /// A provider's refresh token of an account.
    RefreshToken = 2,
    /// A connector's app secret at the provider.
    AppSecret = 3,
    /// The PKCE verifier of a link session that is on its way.
    PkceVerifier = 4,
    /// An authorization code parked between callback and completion.
    AuthorizationCode = 5,
    /// The link code handed to the tenant by way of the browser.
    LinkCode = 6,
    /// An access token kept only until the worker has revoked it.
    RevocationAccess = 7,
    /// A refresh token kept only until the worker has revoked it.
    RevocationRefresh = 8,
    /// The response kept for a repeated `Idempotency-Key`.
    IdempotentResponse = 9,
    /// An operator's TOTP secret.
    TotpSecret = 10,
    /// The secret of an OAuth 1.0 request token.
    RequestTokenSecret = 11,
    /// The secret of an OAuth 1.0 access token.
    TokenSecret = 12,
    /// The signing secret of a webhook endpoint.
    WebhookSecret = 13,
    /// A list cursor.
    Cursor = 14,
    /// A grant of a link session, kept between the provider's answer and the commit of its account.
    LinkGrant = 15,
    /// A provider's access token with fewer scopes than its account has.
    NarrowedToken = 16,
    /// What a link session is for. Nothing is encrypted; it binds the columns that say so.
    LinkIntent = 17,
}

impl Purpose {
    /// Every purpose, in the order of its code.
    pub const ALL: [Self; 17] = [
        Self::AccessToken,
        Self::RefreshToken,
        Self::AppSecret,
        Self::PkceVerifier,
        Self::AuthorizationCode,
        Self::LinkCode,
        Self::RevocationAccess,
        Self::RevocationRefresh,
        Self::IdempotentResponse,
        Self::TotpSecret,
        Self::RequestTokenSecret,
        Self::TokenSecret,
        Self::WebhookSecret,
        Self::Cursor,
        Self::LinkGrant,
        Self::NarrowedToken,
        Self::LinkIntent,
    ];

    /// The stable code in the envelope.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The purpose of a code, if it is known.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// The place a value is sealed for. It opens under the very same context and no other.
///
/// The tenant is not part of it: it comes from the [`TenantKeys`](crate::TenantKeys), so that the
/// two cannot disagree.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub(crate) purpose: Purpose,
    column: &'a str,
    row: &'a [u8],
    generation: i64,
    external_user: Option<&'a str>,
    provider_account: Option<&'a str>,
    facts: Option<[u8; 32]>,
}

impl<'a> Context<'a> {
    /// A value in `column` (written `table.column`) of the row with this id, generation 0.
    #[must_use]
    pub fn new(purpose: Purpose, column: &'a str, row: &'a Uuid) -> Self {
        Self::keyed(purpose, column, row.as_bytes())
    }

    /// The same for rows whose key is not a UUID: `row` must name the row within the tenant.
    #[must_use]
    pub fn keyed(purpose: Purpose, column: &'a str, row: &'a [u8]) -> Self {
        Self { purpose, column, row, generation: 0, external_user: None, provider_account: None, facts: None }
    }

    /// The row's generation, so that an older ciphertext put back does not open.
    #[must_use]
    pub fn generation(mut self, generation: i64) -> Self {
        self.generation = generation;
        self
    }

    /// The tenant's user the row belongs to, so that an edited owner column does not open.
    #[must_use]
    pub fn external_user(mut self, id: &'a str) -> Self {
        self.external_user = Some(id);
        self
    }

    /// The account at the provider that the secret is of.
    #[must_use]
    pub fn provider_account(mut self, id: &'a str) -> Self {
        self.provider_account = Some(id);
        self
    }

    /// Other columns of the row that decide about the secret: if one is edited, the secret does not open.
    #[must_use]
    pub fn facts(mut self, facts: Facts) -> Self {
        self.facts = Some(facts.digest());
        self
    }

    /// The same place without [`facts`](Self::facts), as values were sealed before facts existed.
    #[must_use]
    pub fn without_facts(mut self) -> Self {
        self.facts = None;
        self
    }

    /// Whether facts are bound in, which makes the envelope one of the second version.
    pub(crate) fn has_facts(&self) -> bool {
        self.facts.is_some()
    }

    /// The associated data: the header, then every field behind its length as 64 bits, big endian.
    ///
    /// An absent field is all ones instead of a length, and so differs from an empty one. The digest of the facts comes
    /// last, and only where there are some.
    pub(crate) fn associated_data(&self, header: &[u8], tenant: Uuid) -> Result<Vec<u8>, VaultError> {
        let generation = self.generation.to_be_bytes();
        let fields = [
            Some(header),
            Some(tenant.as_bytes().as_slice()),
            Some(self.column.as_bytes()),
            Some(self.row),
            Some(generation.as_slice()),
            self.external_user.map(str::as_bytes),
            self.provider_account.map(str::as_bytes),
        ];
        let facts = self.facts.as_ref().map(|facts| Some(facts.as_slice()));
        let length = fields.iter().chain(&facts).flatten().map(|field| field.len() + 8).sum();
        let mut data = Vec::with_capacity(length);
        for field in fields.into_iter().chain(facts) {
            let Some(field) = field else {
                data.extend(u64::MAX.to_be_bytes());
                continue;
            };
            let length = u64::try_from(field.len()).map_err(|_| VaultError::TooLarge(field.len()))?;
            data.extend(length.to_be_bytes());
            data.extend(field);
        }
        Ok(data)
    }
}
