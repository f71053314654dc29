//! Dashboard and alerts use only metrics that the server exports, every alert has a runbook, and promtool accepts all
//! files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::scratch;
use serde_json::{Value, json};

use super::exposition::Exposition;
use super::metrics::everyday_work;

fn root() -> Result<PathBuf> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the crate has no parent directory")?
        .to_owned())
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(root()?.join(path)).with_context(|| path.to_owned())
}

/// All expressions of the dashboard.
fn panels() -> Result<Vec<String>> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| collect(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&serde_json::from_str(&read("deploy/grafana/bowline.json")?)?, &mut found);
    Ok(found)
}

/// Names in a query that are ours: of metrics and (with a colon) of recording rules.
fn names(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let words = text.split(|c| !is_part(c));
    let ours = |word: &&str| {
        word.starts_with("bowline_") || word.starts_with("bowline:") || word.starts_with("process_")
    };
    words.filter(ours).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_metric_of_dashboard_and_alerts_is_told_by_a_server_and_none_is_forgotten() -> Result<()> {
    let (stack, _) = everyday_work().await?;
    let seen = bowline_tests::until("the figures of the database", async || {
        let seen = Exposition::of(&stack.http(), stack.server(0)).await.ok()?;
        seen.names().contains("bowline_accounts").then_some(seen)
    })
    .await?;
    let told = seen.names();
    let rules = read("deploy/prometheus/alerts.yml")?;
    let rules: Vec<&str> = rules.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let recorded: BTreeSet<&str> =
        rules.iter().filter_map(|line| line.trim().strip_prefix("- record: ")).collect();
    let asked = names(&[panels()?.join("\n"), rules.join("\n")].concat());
    assert!(asked.len() > 40, "{asked:?}");
    for name in &asked {
        let known = told.contains(name.as_str()) || recorded.contains(name.as_str());
        assert!(known, "no server exports {name}");
    }
    for name in seen.kinds.keys().filter(|name| name.starts_with("bowline_")) {
        assert!(
            asked.iter().any(|asked| asked.starts_with(name.as_str())),
            "no panel and no alert uses {name}"
        );
    }
    Ok(())
}

#[test]
fn every_alert_has_its_page_and_every_page_its_alert() -> Result<()> {
    let rules = read("deploy/prometheus/alerts.yml")?;
    let of = |start: &str| -> BTreeSet<String> {
        rules.lines().filter_map(|line| line.trim().strip_prefix(start)).map(str::to_owned).collect()
    };
    let alerts = of("- alert: ");
    assert!(alerts.len() > 10, "{alerts:?}");
    let linked: BTreeSet<String> = alerts.iter().map(|alert| format!("docs/runbooks/{alert}.md")).collect();
    assert_eq!(of("runbook: "), linked);
    for (alert, path) in alerts.iter().zip(&linked) {
        let page = read(path)?;
        assert!(page.starts_with(&format!("# {alert}\n")), "{path}");
        for part in ["## What it means", "## Look here", "## Do this"] {
            assert!(page.contains(part), "{path} lacks {part}");
        }
    }
    let there: BTreeSet<String> = std::fs::read_dir(root()?.join("docs/runbooks"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != "README.md")
        .map(|name| format!("docs/runbooks/{name}"))
        .collect();
    assert_eq!(there, linked);
    Ok(())
}

/// The alerts that a case of `alerts_test.yml` expects to fire: cases with `exp_alerts`, each on its own line.
fn ringing(cases: &str) -> BTreeSet<&str> {
    let lines: Vec<&str> = cases.lines().map(str::trim).collect();
    let pairs = lines.iter().zip(lines.iter().skip(1));
    pairs
        .filter(|(_, next)| **next == "exp_alerts:")
        .filter_map(|(line, _)| line.strip_prefix("alertname: "))
        .collect()
}

#[test]
fn every_alert_rings_in_a_test_of_its_own() -> Result<()> {
    let (rules, cases) = (read("deploy/prometheus/alerts.yml")?, read("deploy/prometheus/alerts_test.yml")?);
    let alerts: BTreeSet<&str> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() > 20, "{alerts:?}");
    assert_eq!(ringing(&cases), alerts);
    Ok(())
}

/// Runs promtool, which needs no Prometheus server.
fn promtool(arguments: &[&str]) -> Result<()> {
    let output = Command::new("promtool").args(arguments).current_dir(root()?).output();
    let output = output.context("promtool is missing; `cargo verify` installs it (Debian: prometheus)")?;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "promtool {arguments:?}: {said}");
    Ok(())
}

#[test]
fn prometheus_takes_the_configuration_and_the_alerts_ring_when_they_should() -> Result<()> {
    promtool(&["check", "config", "deploy/prometheus/prometheus.yml"])?;
    promtool(&["check", "rules", "deploy/prometheus/alerts.yml"])?;
    promtool(&["test", "rules", "deploy/prometheus/alerts_test.yml"])
}

#[test]
fn prometheus_takes_every_expression_of_the_dashboard() -> Result<()> {
    let rule = |(number, expression): (usize, &String)| {
        let expression = expression.replace("$__rate_interval", "5m").replace("$replica", ".*");
        json!({ "record": format!("panel:{number}"), "expr": expression })
    };
    let panels = panels()?;
    assert!(panels.len() > 30);
    let rules: Vec<Value> = panels.iter().enumerate().map(rule).collect();
    // JSON is valid YAML.
    let file = json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    let path = scratch("seen")?.join("dashboard.yml");
    std::fs::write(&path, file.to_string())?;
    promtool(&["check", "rules", path.to_str().context("the path is not UTF-8")?])
}
