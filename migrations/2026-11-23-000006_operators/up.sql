-- Operators belong to the service, not to a tenant.
CREATE TABLE operators (
    id uuid NOT NULL CONSTRAINT operators_pkey PRIMARY KEY,
    name text NOT NULL CONSTRAINT operators_name_form CHECK (name ~ '^[a-z0-9._-]{1,64}$'),
    password_hash text NOT NULL,
    role text NOT NULL CONSTRAINT operators_role_known CHECK (role IN ('viewer', 'operator', 'admin')),
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    CONSTRAINT operators_name_key UNIQUE (name)
);
CREATE TABLE operator_sessions (
    token_hash bytea NOT NULL CONSTRAINT operator_sessions_pkey PRIMARY KEY,
    operator_id uuid NOT NULL CONSTRAINT operator_sessions_operator_fkey REFERENCES operators (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT operator_sessions_token_hash_length CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX operator_sessions_operator_idx ON operator_sessions (operator_id);
-- Failed logins by the SHA-256 of the name that was tried, whether or not there is such an operator.
CREATE TABLE login_failures (
    name_hash bytea NOT NULL CONSTRAINT login_failures_pkey PRIMARY KEY,
    failures integer NOT NULL,
    locked_until timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON operators TO bowline_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_sessions, login_failures TO bowline_server;
