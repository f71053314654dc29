-- Operators who log in at an identity provider (OpenID Connect): who they are there. NULL: they log in with a password.
ALTER TABLE operators ADD COLUMN issuer text;
ALTER TABLE operators ADD COLUMN subject text;
-- An issuer never gives its name for a person to another one, so it identifies an operator.
ALTER TABLE operators ADD CONSTRAINT operators_identity_key UNIQUE (issuer, subject);
ALTER TABLE operators ADD CONSTRAINT operators_identity_whole CHECK ((issuer IS NULL) = (subject IS NULL));
-- Logins at the identity provider that have begun. State, nonce and PKCE verifier are not stored: they come from the secret that only
-- the operator's terminal has, and of which this is the digest.
CREATE TABLE operator_sign_ons (
    secret_hash bytea NOT NULL CONSTRAINT operator_sign_ons_pkey PRIMARY KEY
        CONSTRAINT operator_sign_ons_secret_hash_length CHECK (octet_length(secret_hash) = 32),
    -- The operator who proves again that it is them; NULL for a login.
    operator_id uuid CONSTRAINT operator_sign_ons_operator_fkey REFERENCES operators (id) ON DELETE CASCADE,
    -- Of the flow with a browser.
    redirect_uri text,
    -- Of the device flow: the device code, sealed with a data key of its own that this master key wraps.
    kek_version integer,
    wrapped_key bytea,
    sealed_device bytea,
    next_poll_at timestamptz,
    -- Whether the operator of a step-up has proven that it is them; the secret then counts once in place of a password.
    is_proven boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX operator_sign_ons_expires_idx ON operator_sign_ons (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_sign_ons TO bowline_server;
