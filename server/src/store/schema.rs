//! The tables after all migrations. This file is generated; see `docs/contributing.md`.

diesel::table! {
    account_changes (tenant_id, account_id) {
        tenant_id -> Uuid,
        account_id -> Uuid,
        due_at -> Nullable<Timestamptz>,
        quiet_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    account_freezes (tenant_id, provider_account_id) {
        tenant_id -> Uuid,
        provider_account_id -> Text,
        account_id -> Uuid,
        reason -> Text,
        placed_at -> Timestamptz,
        placed_by -> Nullable<Text>,
    }
}

diesel::table! {
    accounts (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        connector_id -> Uuid,
        external_user_id -> Text,
        provider_account_id -> Text,
        email -> Text,
        display_name -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        scopes -> Array<Text>,
        missing_scopes -> Array<Text>,
        assurance -> Text,
        generation -> Int8,
        sealed_access_token -> Nullable<Bytea>,
        access_expires_at -> Nullable<Timestamptz>,
        sealed_refresh_token -> Nullable<Bytea>,
        refreshed_at -> Nullable<Timestamptz>,
        linked_at -> Timestamptz,
        updated_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        search -> Text,
        held_by -> Nullable<Uuid>,
        held_generation -> Nullable<Int8>,
        search_text -> Nullable<Text>,
        protocol -> Text,
        user_label -> Nullable<Text>,
        metadata -> Jsonb,
        signed_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Text>,
    }
}

diesel::table! {
    api_keys (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        secret_hash -> Bytea,
        permissions -> Array<Text>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        frozen -> Bool,
        suspended_at -> Nullable<Timestamptz>,
        suspended_reason -> Nullable<Text>,
        last_used_on -> Nullable<Date>,
    }
}

diesel::table! {
    audit_events (tenant_id, sequence) {
        tenant_id -> Uuid,
        sequence -> Int8,
        id -> Uuid,
        at -> Timestamptz,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Nullable<Text>,
        action -> Text,
        subject -> Nullable<Text>,
        detail -> Jsonb,
        previous_hash -> Bytea,
        hash -> Bytea,
        key_version -> Nullable<Int4>,
    }
}

diesel::table! {
    audit_heads (tenant_id) {
        tenant_id -> Uuid,
        sequence -> Int8,
        hash -> Bytea,
    }
}

diesel::table! {
    connector_brandings (tenant_id, connector_id) {
        tenant_id -> Uuid,
        connector_id -> Uuid,
        accent -> Nullable<Text>,
        logo -> Nullable<Bytea>,
        logo_type -> Nullable<Text>,
        logo_digest -> Nullable<Bytea>,
        support_url -> Nullable<Text>,
        privacy_url -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    connector_health (tenant_id, connector_id) {
        tenant_id -> Uuid,
        connector_id -> Uuid,
        window_started_at -> Timestamptz,
        failures -> Int4,
        successes -> Int8,
        opened_at -> Nullable<Timestamptz>,
        retry_at -> Nullable<Timestamptz>,
        openings -> Int4,
        probe_owner -> Nullable<Uuid>,
        probe_until -> Nullable<Timestamptz>,
        healing_since -> Nullable<Timestamptz>,
        healing_second -> Int4,
        healing_calls -> Int4,
    }
}

diesel::table! {
    connectors (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        provider -> Text,
        protocol -> Text,
        app_key -> Text,
        sealed_app_secret -> Bytea,
        scopes -> Array<Text>,
        return_urls -> Array<Text>,
        completion -> Text,
        confirm_page -> Bool,
        status -> Text,
        status_reason -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        oauth1_service -> Nullable<Text>,
        is_default -> Bool,
        removed_at -> Nullable<Timestamptz>,
        issuer -> Text,
        sandbox -> Bool,
    }
}

diesel::table! {
    data_keys (tenant_id, version) {
        tenant_id -> Uuid,
        version -> Int4,
        kek_version -> Int4,
        wrapped -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    event_tail (tenant_id, sequence) {
        tenant_id -> Uuid,
        sequence -> Int8,
        position -> Int8,
        id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (tenant_id, key_hash) {
        tenant_id -> Uuid,
        key_hash -> Bytea,
        request_hash -> Bytea,
        owner -> Uuid,
        held_until -> Timestamptz,
        sealed_answer -> Nullable<Bytea>,
        expires_at -> Timestamptz,
    }
}

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

diesel::table! {
    link_sessions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        connector_id -> Uuid,
        external_user_id -> Text,
        return_url -> Text,
        completion_challenge -> Nullable<Bytea>,
        scopes -> Array<Text>,
        relink_account_id -> Nullable<Uuid>,
        status -> Text,
        failure -> Nullable<Text>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        ticket_hash -> Bytea,
        state_hash -> Nullable<Bytea>,
        binding_hash -> Nullable<Bytea>,
        sealed_pkce_verifier -> Nullable<Bytea>,
        consumed_at -> Nullable<Timestamptz>,
        link_code_hash -> Nullable<Bytea>,
        sealed_code -> Nullable<Bytea>,
        code_expires_at -> Nullable<Timestamptz>,
        claimed_by -> Nullable<Uuid>,
        claimed_until -> Nullable<Timestamptz>,
        sealed_grant -> Nullable<Bytea>,
        account_id -> Nullable<Uuid>,
        finished_at -> Nullable<Timestamptz>,
        offered -> Bool,
        sealed_intent -> Nullable<Bytea>,
        more_link_code_hashes -> Array<Bytea>,
        options -> Nullable<Text>,
        mismatches -> Int2,
        spent_link_code_hashes -> Array<Bytea>,
    }
}

diesel::table! {
    link_starts (tenant_id, session_id, state_hash) {
        tenant_id -> Uuid,
        session_id -> Uuid,
        state_hash -> Bytea,
        sealed_pkce_verifier -> Nullable<Bytea>,
        started_at -> Timestamptz,
    }
}

diesel::table! {
    login_failures (name_hash) {
        name_hash -> Bytea,
        failures -> Int4,
        locked_until -> Timestamptz,
        last_failed_at -> Timestamptz,
    }
}

diesel::table! {
    manage_sessions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        connector_id -> Uuid,
        external_user_id -> Text,
        return_url -> Text,
        completion_challenge -> Nullable<Bytea>,
        options -> Nullable<Text>,
        ticket_hash -> Bytea,
        sealed_intent -> Bytea,
        binding_hash -> Nullable<Bytea>,
        created_at -> Timestamptz,
        opened_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    master_key_checks (kek_version) {
        kek_version -> Int4,
        check_value -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    narrowed_tokens (tenant_id, account_id, scopes_hash) {
        tenant_id -> Uuid,
        account_id -> Uuid,
        scopes_hash -> Bytea,
        generation -> Int8,
        sealed_access_token -> Nullable<Bytea>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    oauth1_tokens (tenant_id, holder) {
        tenant_id -> Uuid,
        holder -> Uuid,
        token_hash -> Bytea,
        ending_until -> Nullable<Timestamptz>,
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
        session_id -> Nullable<Uuid>,
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

diesel::table! {
    refresh_leases (tenant_id, account_id) {
        tenant_id -> Uuid,
        account_id -> Uuid,
        owner -> Uuid,
        epoch -> Int8,
        held_until -> Timestamptz,
        last_error -> Nullable<Text>,
        cool_down_until -> Nullable<Timestamptz>,
        failures -> Int4,
        forced_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    revocations (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        connector_id -> Uuid,
        account_id -> Nullable<Uuid>,
        generation -> Int8,
        cause -> Text,
        sealed_access_token -> Nullable<Bytea>,
        access_expires_at -> Nullable<Timestamptz>,
        sealed_refresh_token -> Nullable<Bytea>,
        state -> Text,
        attempts -> Int4,
        next_attempt_at -> Timestamptz,
        claimed_by -> Nullable<Uuid>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    drain_stops (tenant_id) {
        tenant_id -> Uuid,
        times -> Int4,
        least -> Int4,
        announced_until -> Nullable<Timestamptz>,
        announced_key -> Nullable<Uuid>,
    }
}

diesel::table! {
    key_habits (tenant_id, api_key_id) {
        tenant_id -> Uuid,
        api_key_id -> Uuid,
        minute -> Timestamptz,
        accounts -> Int4,
        day -> Date,
        largest -> Int4,
        earlier -> Array<Int4>,
    }
}

diesel::table! {
    tenant_minutes (tenant_id, minute) {
        tenant_id -> Uuid,
        minute -> Timestamptz,
        issues -> Int8,
        refreshes -> Int8,
        failed_refreshes -> Int8,
        refresh_millis -> Int8,
    }
}

diesel::table! {
    tenants (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        created_at -> Timestamptz,
        frozen_at -> Nullable<Timestamptz>,
        frozen_reason -> Nullable<Text>,
        frozen_by -> Nullable<Text>,
        sandbox -> Bool,
    }
}

diesel::table! {
    token_holdings (tenant_id, account_id, api_key_id, generation) {
        tenant_id -> Uuid,
        account_id -> Uuid,
        api_key_id -> Uuid,
        generation -> Int8,
        first_issued_at -> Timestamptz,
        last_issued_at -> Timestamptz,
        issues -> Int8,
        narrowed_at -> Nullable<Timestamptz>,
        narrowed_scopes -> Nullable<Array<Text>>,
    }
}

diesel::table! {
    token_repeats (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        api_key_id -> Uuid,
        at -> Timestamptz,
        account_ids -> Array<Uuid>,
        generations -> Array<Int8>,
        counts -> Array<Int4>,
    }
}

diesel::table! {
    webhook_deliveries (tenant_id, endpoint_id, sequence) {
        tenant_id -> Uuid,
        endpoint_id -> Uuid,
        sequence -> Int8,
        account_id -> Nullable<Uuid>,
        state -> Text,
        queued_at -> Timestamptz,
        next_at -> Timestamptz,
        attempts -> Int4,
        attempted_at -> Nullable<Timestamptz>,
        status -> Nullable<Int4>,
        error -> Nullable<Text>,
        milliseconds -> Nullable<Int4>,
        answer -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_endpoints (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        connector_id -> Nullable<Uuid>,
        url -> Text,
        events -> Array<Text>,
        state -> Text,
        state_reason -> Nullable<Text>,
        created_at -> Timestamptz,
        failing_since -> Nullable<Timestamptz>,
        owner -> Nullable<Uuid>,
        held_until -> Timestamptz,
    }
}

diesel::table! {
    webhook_events (tenant_id, sequence) {
        tenant_id -> Uuid,
        sequence -> Int8,
        id -> Uuid,
        at -> Timestamptz,
        kind -> Text,
        connector_id -> Nullable<Uuid>,
        account_id -> Nullable<Uuid>,
        number -> Nullable<Int8>,
        payload -> Text,
    }
}

diesel::table! {
    webhook_heads (tenant_id) {
        tenant_id -> Uuid,
        last -> Int8,
        changes_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_numbers (tenant_id, account_id) {
        tenant_id -> Uuid,
        account_id -> Uuid,
        last -> Int8,
    }
}

diesel::table! {
    webhook_secrets (tenant_id, endpoint_id, generation) {
        tenant_id -> Uuid,
        endpoint_id -> Uuid,
        generation -> Int8,
        sealed_secret -> Bytea,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    account_changes,
    account_freezes,
    accounts,
    api_keys,
    audit_events,
    audit_heads,
    connector_brandings,
    connector_health,
    connectors,
    data_keys,
    drain_stops,
    event_tail,
    idempotency_keys,
    job_items,
    jobs,
    key_habits,
    link_sessions,
    login_failures,
    manage_sessions,
    master_key_checks,
    narrowed_tokens,
    oauth1_tokens,
    operator_recovery_codes,
    operator_sessions,
    operator_sign_ons,
    operator_totp,
    operators,
    refresh_leases,
    revocations,
    tenant_minutes,
    tenants,
    token_holdings,
    token_repeats,
    webhook_deliveries,
    webhook_endpoints,
    webhook_events,
    webhook_heads,
    webhook_numbers,
    webhook_secrets,
);
