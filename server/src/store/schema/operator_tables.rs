//! The tables of operators, as the generated `schema.rs` has them.

diesel::table! {
    login_failures (name_hash) {
        name_hash -> Bytea,
        failures -> Int4,
        locked_until -> Timestamptz,
        last_failed_at -> Timestamptz,
    }
}

diesel::table! {
    operator_recovery_codes (operator_id, code_hash) {
        operator_id -> Uuid,
        code_hash -> Bytea,
    }
}

diesel::table! {
    operator_sign_ons (secret_hash) {
        secret_hash -> Bytea,
        operator_id -> Nullable<Uuid>,
        redirect_uri -> Nullable<Text>,
        kek_version -> Nullable<Int4>,
        wrapped_key -> Nullable<Bytea>,
        sealed_device -> Nullable<Bytea>,
        next_poll_at -> Nullable<Timestamptz>,
        is_proven -> Bool,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    operator_totp (operator_id, is_pending) {
        operator_id -> Uuid,
        is_pending -> Bool,
        kek_version -> Int4,
        wrapped_key -> Bytea,
        sealed_secret -> Bytea,
        last_step -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    operator_sessions (token_hash) {
        token_hash -> Bytea,
        operator_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        id -> Uuid,
        address -> Nullable<Text>,
        client -> Nullable<Text>,
    }
}

diesel::table! {
    operators (id) {
        id -> Uuid,
        name -> Text,
        password_hash -> Text,
        role -> Text,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
        totp_since -> Nullable<Timestamptz>,
        tenant_ids -> Nullable<Array<Uuid>>,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
    }
}
