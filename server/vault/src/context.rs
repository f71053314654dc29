//! The context of a sealed value: its purpose and its place, bound to the ciphertext as associated data.

use uuid::Uuid;

use crate::{Facts, VaultError};

/// The purpose of a secret. Each purpose has its own subkey, so a value sealed for one purpose never opens for another.
///
/// The codes are part of stored envelopes. They are never reused or renumbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Purpose {
    /// An account's access token at the provider.
    AccessToken = 1,
    /// An account's refresh token at the provider.
    RefreshToken = 2,
    /// A connector's app secret at the provider.
    AppSecret = 3,
    /// The PKCE verifier of a link session in progress.
    PkceVerifier = 4,
    /// An authorization code, parked between callback and completion.
    AuthorizationCode = 5,
    /// The link code that reaches the tenant through the browser.
    LinkCode = 6,
    /// An access token that is kept only until the worker has revoked it.
    RevocationAccess = 7,
    /// A refresh token that is kept only until the worker has revoked it.
    RevocationRefresh = 8,
    /// The stored response for a repeated `Idempotency-Key`.
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
    /// A link session's grant, kept between the provider's token response and the commit of the account.
    LinkGrant = 15,
    /// An access token with fewer scopes than its account has.
    NarrowedToken = 16,
    /// The intent of a link session. Nothing is encrypted; the tag binds the columns that describe the intent.
    LinkIntent = 17,
    /// The device code of an operator's login at the identity provider.
    DeviceCode = 18,
}

impl Purpose {
    /// Every purpose, in the order of its code.
    pub const ALL: [Self; 18] = [
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
        Self::DeviceCode,
    ];

    /// The stable code in the envelope.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The purpose with this code, if the code is known.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// The context that a value is sealed for. It opens only under exactly the same context.
///
/// The tenant is not part of the context. It comes from the [`TenantKeys`](crate::TenantKeys), so that the two cannot
/// disagree.
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
    /// The context of a value in `column` (written `table.column`) of the row with this id, generation 0.
    #[must_use]
    pub fn new(purpose: Purpose, column: &'a str, row: &'a Uuid) -> Self {
        Self::keyed(purpose, column, row.as_bytes())
    }

    /// The same for rows whose key is not a UUID; `row` must identify the row within the tenant.
    #[must_use]
    pub fn keyed(purpose: Purpose, column: &'a str, row: &'a [u8]) -> Self {
        Self { purpose, column, row, generation: 0, external_user: None, provider_account: None, facts: None }
    }

    /// Binds the row's generation, so that an older ciphertext does not open if it is put back.
    #[must_use]
    pub fn generation(mut self, generation: i64) -> Self {
        self.generation = generation;
        self
    }

    /// Binds the tenant's user who owns the row, so that the value does not open if the owner column is edited.
    #[must_use]
    pub fn external_user(mut self, id: &'a str) -> Self {
        self.external_user = Some(id);
        self
    }

    /// Binds the provider account that the secret belongs to.
    #[must_use]
    pub fn provider_account(mut self, id: &'a str) -> Self {
        self.provider_account = Some(id);
        self
    }

    /// Binds other columns of the row that affect the secret. If one of them is edited, the secret does not open.
    #[must_use]
    pub fn facts(mut self, facts: Facts) -> Self {
        self.facts = Some(facts.digest());
        self
    }

    /// The same context without [`facts`](Self::facts), for values that were sealed before facts existed.
    #[must_use]
    pub fn without_facts(mut self) -> Self {
        self.facts = None;
        self
    }

    /// Whether facts are bound, which makes the envelope version 2.
    pub(crate) fn has_facts(&self) -> bool {
        self.facts.is_some()
    }

    /// The associated data: the header and every field, each preceded by its length as 64 bits, big endian.
    ///
    /// An absent field has a length of all ones and therefore differs from an empty one. The digest of the facts comes
    /// last, and only if there are facts.
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
