//! Revocations: acknowledged when they are in force at Bowline, and complete when the grant has ended at Dropbox.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::ensure;
use dropbox_sim::Operation;

use super::Session;
use crate::data::identity::account_id;
use crate::data::rows::Condition;
use crate::generator::Connection;
use crate::report::Figure;

/// Clients that revoke accounts.
const CLIENTS: u64 = 16;
/// How long the queue may take to drain.
const DRAINED_WITHIN: Duration = Duration::from_mins(5);

/// `DELETE /v1/accounts/{id}`, once per account.
pub(crate) async fn run(session: &mut Session<'_>) -> anyhow::Result<()> {
    let count = if session.arguments.quick { 320 } else { 3_200 };
    let (mut answered, mut drained) = (Vec::new(), Vec::new());
    for _ in 0..session.arguments.runs() {
        session.settle().await?;
        let numbers = session.data.add_accounts(session.postgres, count, Condition::Valid).await?;
        session.plant(numbers.clone());
        let before = session.dropbox.count(Operation::Revoke);
        let started = Instant::now();
        delete_all(session, numbers).await?;
        let answers = started.elapsed();
        let wanted = before + usize::try_from(count)?;
        let all = session
            .dropbox
            .wait_for_calls(wanted, DRAINED_WITHIN, |call| call.operation == Operation::Revoke);
        ensure!(
            all.await,
            "{wanted} grants were to die at Dropbox, {} did",
            session.dropbox.count(Operation::Revoke)
        );
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let count = count as f64;
        answered.push(count / answers.as_secs_f64());
        drained.push(count / started.elapsed().as_secs_f64());
    }
    let size = session.data.size;
    session.report.figure(Figure::rates("revoke", size, answered).note("in force here"));
    session.report.figure(Figure::rates("revoke", size, drained).note("dead at simulated Dropbox"));
    Ok(())
}

async fn delete_all(session: &Session<'_>, numbers: Range<u64>) -> anyhow::Result<()> {
    let (address, host) = (session.address()?, session.server.address().to_owned());
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let requests: Vec<Vec<u8>> = numbers
            .clone()
            .filter(|number| number % CLIENTS == client)
            .map(|number| delete(&host, number, &session.data.record.tenant_of(number).key))
            .collect();
        clients.push(tokio::task::spawn_blocking(move || send(address, &requests)));
    }
    for client in clients {
        client.await??;
    }
    Ok(())
}

fn delete(host: &str, number: u64, key: &str) -> Vec<u8> {
    let id = account_id(number);
    format!("DELETE /v1/accounts/{id} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\r\n")
        .into_bytes()
}

fn send(address: SocketAddr, requests: &[Vec<u8>]) -> anyhow::Result<()> {
    let mut connection = Connection::open(address)?;
    for request in requests {
        let status = connection.exchange(request)?;
        ensure!((200..300).contains(&status), "a revoke was answered {status}");
    }
    Ok(())
}
