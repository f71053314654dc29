//! A database for searches: accounts that are made by one statement in Postgres, without tokens, so that ten million take minutes. Their
//! texts are as common and as rare as people's: names from two lists, numbers, domains, and labels and metadata of some.

use bowline_stdio::eprintln;
use std::time::Instant;

use bowline_postgres::SUPERUSER;

use super::{indexes, room_for};
use crate::arguments::Size;
use crate::postgres::Postgres;
use crate::server::Programs;

/// A connector and 100 tenants that share the accounts.
const TENANTS: &str = "
    INSERT INTO tenants (id, slug, name)
    SELECT ('01935a00-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'tenant-' || n, 'Tenant ' || n FROM generate_series(0, 99) n;
    INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
    SELECT id, id, 'Search', 'dropbox', 'oauth2', 'search-' || slug, '\\x00', '{a}', '{}', 'tenant', true FROM tenants";

/// The names occur in many accounts, and the word `kaleidoscope` in one of a thousand.
const ACCOUNTS: &str = "
    INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
        missing_scopes, assurance, generation, linked_at, updated_at, last_used_at, user_label, metadata, search_text)
    SELECT tenant, id, tenant, who, dbid, mail, first || ' ' || last, 'revoked', '{a}', '{}', 'confirmed', 1, at, at, at, label, metadata,
        lower(concat_ws(' ', mail, first || ' ' || last, who, dbid, label, (SELECT string_agg(key || ' ' || value, ' ') FROM jsonb_each_text(metadata))))
    FROM (
        SELECT ('01935a00-0000-7000-8000-' || lpad(to_hex(n % 100), 12, '0'))::uuid AS tenant,
            ('01935a00-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
            'u' || n || '-' || left(md5('user' || n), 6) AS who,
            'dbid:AA' || md5('dropbox' || n) AS dbid,
            lower(first) || '.' || lower(last) || n || '@' || (ARRAY['example.com', 'mail.example', 'corp.example'])[1 + n % 3] AS mail,
            first, last,
            now() - n % 500000 * interval '1 minute' AS at,
            CASE WHEN n % 1000 = 7 THEN 'Kaleidoscope ' || n WHEN n % 10 = 3 THEN first || '''s team' END AS label,
            CASE WHEN n % 5 = 1 THEN jsonb_build_object('plan', (ARRAY['free', 'team', 'pro'])[1 + n % 3], 'seat', n::text) ELSE '{}' END AS metadata
        FROM (
            SELECT n,
                (ARRAY['Ada','Bela','Chidi','Dilan','Emil','Farid','Grete','Hana','Ines','Jonas','Kim','Lena','Mira','Noah','Olga','Petra',
                       'Quinn','Rosa','Sami','Tara'])[1 + (hashint8(n) & 15) + ((hashint8(n) >> 4) & 3)] AS first,
                (ARRAY['Abe','Brandt','Costa','Diallo','Eriksen','Fischer','Garcia','Haddad','Ito','Jansen','Kaya','Lopez','Moreau','Novak',
                       'Okafor','Peters'])[1 + (hashint8(n + 77) & 15)] || (ARRAY['','son','sen','ez','ova','ini'])[1 + (n / 7) % 6] AS last
            FROM generate_series(1, $1::int8) n
        ) AS named
    ) AS made";

/// The disk space of one account with all its indexes and the write-ahead log that stays. It is an estimate.
const ACCOUNT_BYTES: u64 = 3_000;
/// The id of the account with the number `n`.
pub(crate) const ID: &str = "('01935a00-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid";
/// Reads the table and its indexes into memory.
pub(crate) const WARM: &str = "
    SELECT pg_prewarm('accounts', 'read');
    SELECT pg_prewarm(indexrelid, 'buffer') FROM pg_index WHERE indrelid = 'accounts'::regclass";

/// The name of the database of this size.
pub(crate) fn name(size: Size) -> String {
    format!("search_{size}")
}

/// Creates the database again and fills it, unless an earlier run has left it.
pub(crate) async fn prepare(
    programs: &Programs,
    postgres: &Postgres,
    size: Size,
    rebuild: bool,
) -> anyhow::Result<()> {
    let database = name(size);
    let owner = postgres.url(SUPERUSER, &database);
    let root = postgres.connect(SUPERUSER, SUPERUSER).await?;
    let is_there =
        root.query_opt("SELECT FROM pg_database WHERE datname = $1", &[&database]).await?.is_some();
    if is_there && !rebuild {
        programs.migrate(&owner).await?;
        let client = postgres.connect(SUPERUSER, &database).await?;
        let count: i64 = client.query_one("SELECT count(*) FROM accounts", &[]).await?.get(0);
        if u64::try_from(count) == Ok(size.0) {
            return Ok(());
        }
    }
    room_for(programs.directory(), size, ACCOUNT_BYTES)?;
    postgres.recreate_database(&database)?;
    programs.migrate(&owner).await?;
    // The server stores the check value of its master key while the database is empty; it refuses to start on rows without one.
    let environment = programs.environment(postgres, &database, None);
    let first = ["tenant", "add", "--slug", "nobody", "--name", "Nobody", "--json"];
    programs.command(&environment, &first, "").await?;
    let client = postgres.connect(SUPERUSER, &database).await?;
    let started = Instant::now();
    client
        .batch_execute("SET session_replication_role = replica; SET synchronous_commit = off; BEGIN")
        .await?;
    client.batch_execute(TENANTS).await?;
    let dropped = indexes::drop_all(&client).await?;
    client.execute(ACCOUNTS, &[&i64::try_from(size.0)?]).await?;
    client.batch_execute("COMMIT").await?;
    let rows = started.elapsed();
    indexes::create_all(&client, &dropped).await?;
    client.batch_execute("VACUUM ANALYZE accounts").await?;
    client.batch_execute("CHECKPOINT").await?;
    let bytes: i64 = client.query_one("SELECT pg_database_size(current_database())", &[]).await?.get(0);
    let (rows, all, megabytes) = (rows.as_secs(), started.elapsed().as_secs(), bytes / 1_000_000);
    eprintln!("  {size} accounts: {rows} s, with indexes {all} s, {megabytes} MB");
    Ok(())
}
