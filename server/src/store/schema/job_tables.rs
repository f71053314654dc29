//! The tables of jobs, as the generated `schema.rs` has them.

diesel::table! {
    job_items (tenant_id, job_id, account_id) {
        tenant_id -> Uuid,
        job_id -> Uuid,
        account_id -> Uuid,
        state -> Text,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    jobs (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        state -> Text,
        reason -> Text,
        filter -> Nullable<Jsonb>,
        total -> Int8,
        done -> Int8,
        failed -> Int8,
        created_at -> Timestamptz,
        created_by -> Uuid,
        created_by_name -> Text,
        expires_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        approved_by -> Nullable<Uuid>,
        approved_by_name -> Nullable<Text>,
        finished_at -> Nullable<Timestamptz>,
        request_key -> Nullable<Bytea>,
        request_hash -> Nullable<Bytea>,
        owner -> Nullable<Uuid>,
        held_until -> Timestamptz,
    }
}
