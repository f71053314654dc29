//! The stream of events: whole, in order, resumable at another replica, and only what the operator may see.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_api::status::Role;
use bowline_api::{ConnectorId, EventId, TenantId};
use bowline_server::domain::{Actor, Event, entropy};
use bowline_server::service::event_tail;
use bowline_server::settings::LocalPasswords;
use bowline_server::store::event_tail::TailKey;
use rocket::http::Header;
use rocket::local::asynchronous::LocalResponse;
use rocket::tokio::io::AsyncReadExt as _;
use rocket::tokio::{spawn, time::timeout};
use serde_json::{Value, json};

use crate::harness::{Admin, proven};
use crate::reach::limited;

/// The number of events that each writer adds.
const EACH: usize = 30;
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

/// One block of a stream.
#[derive(Debug, Clone, Default, PartialEq)]
struct Block {
    event: String,
    id: Option<String>,
    data: Value,
}

struct Stream<'c> {
    response: LocalResponse<'c>,
    unread: String,
}

impl<'c> Stream<'c> {
    async fn open(admin: &'c Admin, token: &str, query: &str, last: Option<&str>) -> Self {
        let mut request = admin.client.get(format!("/admin/v1/events{query}"));
        request.add_header(Header::new("Authorization", format!("Bearer {token}")));
        if let Some(last) = last {
            request.add_header(Header::new("Last-Event-ID", last.to_owned()));
        }
        let response = request.dispatch().await;
        assert_eq!(response.status().code, 200);
        Self { response, unread: String::new() }
    }

    /// The next block that is no comment; `None` at the end.
    async fn next(&mut self) -> Option<Block> {
        loop {
            while let Some((block, _)) = self.unread.split_once("\n\n") {
                let length = block.len() + 2;
                let mut read = Block::default();
                for line in block.lines() {
                    match line.split_once(':') {
                        Some(("event", name)) => name.clone_into(&mut read.event),
                        Some(("id", id)) => read.id = Some(id.to_owned()),
                        Some(("data", data)) => read.data = serde_json::from_str(data).unwrap(),
                        _ => {}
                    }
                }
                self.unread.drain(..length);
                if read != Block::default() {
                    return Some(read);
                }
            }
            let mut buffer = [0; 4096];
            let read = timeout(PATIENCE, self.response.read(&mut buffer)).await.unwrap().unwrap();
            if read == 0 {
                return None;
            }
            self.unread.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
    }

    /// The next block, which must be of this type.
    async fn expect(&mut self, event: &str) -> Block {
        let block = self.next().await.unwrap();
        assert_eq!(block.event, event, "{block:?}");
        block
    }

    /// This many events.
    async fn events(&mut self, count: usize) -> Vec<Block> {
        let mut events = Vec::new();
        while events.len() < count {
            let block = self.next().await.unwrap();
            if block.event != "ready" {
                assert_eq!(block.event, "audit", "{block:?}");
                events.push(block);
            }
        }
        events
    }
}

async fn tenants(admin: &Admin, root: &str) -> [TenantId; 2] {
    let mut ids = Vec::new();
    for slug in ["t1", "t2"] {
        let added = admin.post(root, "/admin/v1/tenants", json!({ "slug": slug, "name": "T" })).await;
        ids.push(added.expect(201)["id"].as_str().unwrap().parse().unwrap());
    }
    ids.try_into().unwrap()
}

/// Adds an event to the log of a tenant.
async fn record(admin: &Admin, tenant: TenantId) {
    let connector: ConnectorId = entropy::id();
    let event = Event::ConnectorSecretReplaced { connector };
    admin.app.store.scoped(tenant, async |tx| tx.record(&Actor::System, event).await).await.unwrap();
}

/// Starts the reader of each process, as `serve` does.
fn read(admin: &Admin) {
    let app = Arc::clone(&admin.app);
    spawn(async move { event_tail::watch(&app).await });
}

#[rocket::async_test]
async fn every_event_of_two_replicas_arrives_once_and_in_the_order_of_its_log_also_after_a_break() {
    let one = Admin::start().await;
    let two = one.replica().await;
    read(&one);
    read(&two);
    let root = one.operator("root", Role::Admin).await;
    let tenants = tenants(&one, &root).await;
    let mut stream = Stream::open(&one, &root, "?action=connector", None).await;
    stream.expect("ready").await;

    let write = async |admin: &Admin, tenant| {
        for _ in 0..EACH {
            record(admin, tenant).await;
        }
    };
    let ((), (), (), first) = rocket::tokio::join!(
        write(&one, tenants[0]),
        write(&two, tenants[0]),
        write(&two, tenants[1]),
        stream.events(EACH),
    );
    drop(stream);
    let last = first.last().unwrap().id.clone();
    // The other replica goes on where the first one was left.
    let mut stream = Stream::open(&two, &root, "?action=connector", last.as_deref()).await;
    let caught_up = stream.events(2 * EACH).await;
    record(&one, tenants[1]).await;
    let live = stream.events(1).await;

    let mut found: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for block in first.iter().chain(&caught_up).chain(&live) {
        assert_eq!(block.id.as_deref(), block.data["id"].as_str());
        let tenant = block.data["tenant_id"].as_str().unwrap().to_owned();
        found.entry(tenant).or_default().push(block.data["sequence"].as_i64().unwrap());
    }
    // The first entry of each log is that of the tenant.
    let numbers = |count: usize| (2..2 + i64::try_from(count).unwrap()).collect::<Vec<_>>();
    assert_eq!(found[&tenants[0].to_string()], numbers(2 * EACH));
    assert_eq!(found[&tenants[1].to_string()], numbers(EACH + 1));
}

/// The order in which transactions began is neither that in which they ended nor that of a log.
#[rocket::async_test]
async fn an_event_waits_for_older_transactions_and_stays_behind_those_of_its_log() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let [first, second] = tenants(&admin, &root).await;
    let last = async || admin.app.store.operator(async |tx| tx.last_event().await).await.unwrap().unwrap();
    let after = async |key: TailKey| {
        let rows = admin.app.store.operator(async |tx| tx.events_after(Some(key), 100).await).await.unwrap();
        let rows = rows.unwrap().into_iter();
        rows.map(|row| (TenantId::from(row.key.chain), row.key.sequence)).collect::<Vec<_>>()
    };
    // Other tests use the same Postgres, whose transactions all count.
    let (mut begin, _) = last().await;
    while !after(begin).await.is_empty() || last().await.0.chain != second.uuid() {
        begin = last().await.0;
    }

    let older = admin.superuser().await;
    older.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
    record(&admin, first).await;
    record(&admin, second).await;
    assert!(after(begin).await.is_empty(), "the older transaction may still add something before them");
    let append = format!(
        "SELECT set_config('bowline.tenant', '{0}', true);
         SELECT bowline_audit_append('{0}', sequence + 1, gen_random_uuid(), now(), 'system', NULL, NULL, 'connector.working', NULL, '{{}}',
                                     hash, sha256('x'), 1) FROM audit_heads WHERE tenant_id = '{0}';
         COMMIT",
        first.uuid()
    );
    older.batch_execute(&append).await.unwrap();
    let mut found = after(begin).await;
    while found.len() < 3 {
        found = after(begin).await;
    }
    let of_first: Vec<_> = found.iter().filter(|(log, _)| *log == first).map(|(_, number)| *number).collect();
    assert_eq!(of_first, [2, 3], "{found:?}");
    assert!(found.contains(&(second, 2)));
}

#[rocket::async_test]
async fn a_stream_keeps_to_the_reach_of_its_operator_and_ends_with_the_session() {
    let admin = Admin::start().await;
    read(&admin);
    let root = admin.operator("root", Role::Admin).await;
    let [first, second] = tenants(&admin, &root).await;
    let ada = limited(&admin, "ada", Role::Viewer).await;
    let mut stream = Stream::open(&admin, &ada, "", None).await;
    let ready = stream.expect("ready").await;
    admin.get(&ada, "/admin/v1/events?tenant=t2").await.expect(404);
    admin.get(&ada, "/admin/v1/events?action=nonsense").await.expect(422);
    record(&admin, second).await;
    record(&admin, first).await;
    // What was committed just before the stream began may be told as well, because older transactions of the same Postgres were open then.
    let event = loop {
        let event = stream.expect("audit").await;
        assert_eq!(event.data["tenant_id"], first.to_string());
        if event.data["action"] != "tenant.added" {
            break event;
        }
    };
    assert_eq!(event.data["action"], "connector.secret_replaced");
    let me = admin.get(&ada, "/admin/v1/whoami").await.expect(200);
    let sessions = format!("/admin/v1/operators/{}/sessions", me["id"].as_str().unwrap());
    admin.call(rocket::http::Method::Delete, &root, &sessions, None).await;
    let end = stream.expect("end").await;
    assert_eq!((&end.data["reason"], &end.data["resume_after"]), (&json!("session_ended"), &json!(event.id)));
    assert_eq!(stream.next().await, None);

    // What nobody knows any more leaves a gap, and the stream goes on from now.
    let unknown = entropy::id::<bowline_api::id::Event>();
    for last in [unknown.to_string().as_str(), "nonsense"] {
        let mut stream = Stream::open(&admin, &root, "?tenant=t1", Some(last)).await;
        stream.expect("gap").await;
        assert_ne!(stream.expect("ready").await.id.as_deref(), Some(last));
    }
    // A copy of the database is in another Postgres, whose transactions have other numbers.
    let id: EventId = ready.id.unwrap().parse().unwrap();
    let place = async || admin.app.store.operator(async |tx| tx.event_position(id).await).await.unwrap();
    assert!(place().await.is_some());
    admin.execute("UPDATE event_tail SET at = at - interval '25 h'").await;
    let mut stream = Stream::open(&admin, &root, "?tenant=t1", None).await;
    let newest = stream.expect("ready").await.id.unwrap();
    event_tail::sweep(&admin.app).await.unwrap();
    assert!(place().await.is_none(), "it is older than a day");
    record(&admin, first).await;
    assert_ne!(stream.expect("audit").await.id.unwrap(), newest, "the last event of all is kept");
    admin.execute("UPDATE event_tail SET position = position + 1000000000").await;
    event_tail::sweep(&admin.app).await.unwrap();
    stream.expect("gap").await;
    stream.expect("ready").await;
    record(&admin, first).await;
    assert_eq!(stream.expect("audit").await.data["sequence"], 4);
}

#[rocket::async_test]
async fn a_stream_ends_when_the_settings_no_longer_permit_its_session() {
    let admin = Admin::start_with(|settings| {
        settings.sign_on.local_passwords = LocalPasswords::BreakGlass;
        settings.sign_on.break_glass = vec!["root".to_owned(), "helper".to_owned()];
    })
    .await;
    read(&admin);
    let root = admin.operator("root", Role::Admin).await;
    let helper = admin.operator("helper", Role::Viewer).await;
    let id = admin.get(&helper, "/admin/v1/whoami").await.expect(200)["id"].as_str().unwrap().to_owned();
    let mut stream = Stream::open(&admin, &helper, "", None).await;
    stream.expect("ready").await;
    // The settings of a process stay, so the operator stops being one of those that they name.
    admin.execute("UPDATE operators SET name = 'former' WHERE name = 'helper'").await;
    admin.post(&root, &format!("/admin/v1/operators/{id}/enable"), proven(json!({}))).await.expect(200);
    let end = stream.expect("end").await;
    assert_eq!(end.data["reason"], "session_ended");
    assert_eq!(admin.get(&helper, "/admin/v1/whoami").await.status, 401, "like every other call");
}
