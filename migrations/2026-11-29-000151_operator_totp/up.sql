-- A second factor of operators: one-time codes (RFC 6238). A secret that is not confirmed yet does not replace the one in use.
ALTER TABLE operators ADD COLUMN totp_since timestamptz;
CREATE TABLE operator_totp (
    operator_id uuid NOT NULL CONSTRAINT operator_totp_operator_fkey REFERENCES operators (id) ON DELETE CASCADE,
    is_pending boolean NOT NULL,
    -- The secret is sealed with a data key of its own, which this master key wraps.
    kek_version integer NOT NULL,
    wrapped_key bytea NOT NULL,
    sealed_secret bytea NOT NULL,
    -- The step (30 seconds each since 1970) of the last code that was accepted. None up to it is accepted again.
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT operator_totp_pkey PRIMARY KEY (operator_id, is_pending)
);
CREATE TABLE operator_recovery_codes (
    operator_id uuid NOT NULL CONSTRAINT operator_recovery_codes_operator_fkey REFERENCES operators (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL CONSTRAINT operator_recovery_codes_hash_length CHECK (octet_length(code_hash) = 32),
    CONSTRAINT operator_recovery_codes_pkey PRIMARY KEY (operator_id, code_hash)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_totp TO bowline_server;
GRANT SELECT, INSERT, DELETE ON operator_recovery_codes TO bowline_server;
