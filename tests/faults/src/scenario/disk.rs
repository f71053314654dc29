//! The disk of Postgres is full or fails.

use std::fs::File;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use bowline_tests::until;

use super::postgres::allow;
use crate::Bench;
use crate::engine::Engine;
use crate::plan::{Plan, Seen};

/// Enough space for an empty cluster, its databases and their write-ahead log.
const DISK: u64 = 224 * 1024 * 1024;
const CALLERS: usize = 4;
const TOKENS: usize = 20;
/// Writes a megabyte of meaningless write-ahead log.
const USE_UP: &str = "SELECT pg_logical_emit_message(false, 'ballast', repeat('x', 1 << 20))";

/// The disk is filled completely under load and then emptied.
pub async fn full(plan: Plan) -> Result<Seen> {
    let Some(engine) = Engine::start_on_small_disk(DISK).await? else {
        return Ok(Seen::new(0, "not run: this process may not mount a small disk"));
    };
    let bench = Bench::builder().engine(engine).accounts(4).start().await?;
    let traffic = bench.traffic(CALLERS);
    for _ in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let before = refusals(&traffic);
        let ballast = bench.engine()?.directory().join("ballast");
        fill(&ballast)?;
        // Existing space in the write-ahead log must be used up first, which slow callers alone might not do.
        until("callers to be refused", async || {
            bench.direct.execute(USE_UP).await.ok();
            (refusals(&traffic) > before + CALLERS).then_some(())
        })
        .await
        .with_context(|| {
            format!("{}\n{}", traffic.tally.text(), bench.engine().map(Engine::log).unwrap_or_default())
        })?;
        std::fs::remove_file(&ballast)?;
        up_again(&bench).await?;
    }
    traffic.go_on_for(TOKENS).await?;
    let tally = traffic.finish().await?;
    tally.only(&[200, 503]).with_context(|| bench.warnings())?;
    let findings = bench.check().await?;
    Ok(Seen::new(plan.times, format!("{}; {findings}", tally.text())))
}

/// Writes until the disk is full.
fn fill(path: &std::path::Path) -> Result<()> {
    let mut file = File::create(path)?;
    for size in [1 << 20, 1 << 12, 1] {
        let chunk = vec![0; size];
        while file.write_all(&chunk).is_ok() {}
    }
    Ok(())
}

fn refusals(traffic: &crate::traffic::Traffic) -> usize {
    traffic.tally.events().iter().filter(|event| event.status >= 500).count()
}

/// Restarts Postgres if the fault has ended it, and waits until tokens are available.
async fn up_again(bench: &Bench) -> Result<()> {
    let answers = bench.direct.count("SELECT 1::bigint").await;
    if answers.is_err() {
        // Postgres has shut itself down, so it is restarted as a supervisor would do.
        let engine = bench.engine()?;
        engine.kill().await.ok();
        engine.resume().await?;
    }
    bench.healed().await?;
    bench.direct.execute("UPDATE refresh_leases SET held_until = now() WHERE held_until > now()").await?;
    Ok(())
}

/// Flushing the write-ahead log to disk fails: Postgres stops immediately and recovers, and reports no success before.
pub async fn fsync(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().own_postgres().accounts(4).start().await?;
    let traffic = bench.traffic(CALLERS);
    for round in 0..plan.times {
        traffic.go_on_for(TOKENS).await?;
        allow(&bench);
        let before = refusals(&traffic);
        let Some(mut tracer) = failing_fsync(bench.engine()?)? else {
            return Ok(Seen::new(0, "not run: strace is not here, or may not trace"));
        };
        let noticed =
            until("callers to be refused", async || (refusals(&traffic) > before).then_some(())).await;
        tracer.kill()?;
        tracer.wait()?;
        noticed.with_context(|| traffic.tally.text())?;
        up_again(&bench).await?;
        let panics = bench.engine()?.log().matches("PANIC").count();
        ensure!(panics > round, "Postgres did not notice that fsync failed");
    }
    traffic.go_on_for(TOKENS).await?;
    let tally = traffic.finish().await?;
    // The caller whose commit failed receives 500.
    tally.only(&[200, 503, 500]).with_context(|| bench.warnings())?;
    let findings = bench.check().await?;
    Ok(Seen::new(
        plan.times,
        format!("Postgres stopped and recovered each time; {}; {findings}", tally.text()),
    ))
}

/// Makes every fdatasync and fsync of this Postgres fail, as on a failing disk.
fn failing_fsync(engine: &Engine) -> Result<Option<Child>> {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO"]);
    for pid in crate::processes::family(engine.pid()?) {
        command.args(["-p", &pid.to_string()]);
    }
    command.args(["-o", "/dev/null"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut tracer) = command.spawn() else { return Ok(None) };
    // A tracer without permission exits immediately; a working one appears in the status of the traced process.
    for _ in 0..200 {
        if tracer.try_wait()?.is_some() {
            return Ok(None);
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", engine.pid()?)).unwrap_or_default();
        if status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0")) {
            return Ok(Some(tracer));
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    tracer.kill()?;
    tracer.wait()?;
    Ok(None)
}
