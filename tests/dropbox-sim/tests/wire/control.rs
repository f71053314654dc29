//! The control API, its page, and the program.

use std::process::Stdio;

use anyhow::{Context as _, Result};
use dropbox_sim::Simulator;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

use crate::bench::{AMARA, Bench, CALLBACK, query, send};

async fn post(bench: &Bench, path: &str, body: &Value) -> Result<Value> {
    let answer = send(bench.http.post(bench.url(path)).json(body)).await?;
    anyhow::ensure!(answer.status == 200, "{answer:?}");
    answer.json()
}

async fn get(bench: &Bench, path: &str) -> Result<Value> {
    send(bench.http.get(bench.url(path))).await?.json()
}

#[tokio::test]
async fn the_log_tells_who_did_what_and_no_secret() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, refresh_token) = bench.link().await?;
    bench.refresh(&refresh_token).await?;
    let account = bench.call("/2/users/get_current_account", &token).await?;
    let log = get(&bench, "/sim/calls?operation=get_current_account").await?;
    assert_eq!(log["count"], 1);
    let call = &log["calls"][0];
    assert_eq!((&call["app_key"], &call["grant"], &call["status"]), (&json!("key"), &json!(1), &json!(200)));
    assert_eq!(call["account_id"].as_str().map(str::len), Some(40));
    assert_eq!(call["request_id"].as_str(), account.header("x-dropbox-request-id"));

    let all = get(&bench, "/sim/calls").await?;
    assert_eq!(all["count"], 3);
    let operations: Vec<_> =
        all["calls"].as_array().into_iter().flatten().map(|call| &call["operation"]).collect();
    assert_eq!(operations, ["token.exchange", "token.refresh", "get_current_account"]);
    for path in ["/sim/calls", "/sim/grants", "/sim/state", "/sim/apps", "/sim"] {
        let text = send(bench.http.get(bench.url(path))).await?.text;
        assert!(!text.contains("CANARY_") && !text.contains("secret"), "{path}");
    }
    let revealed = get(&bench, "/sim/grants?reveal=1").await?;
    let tokens = &revealed["grants"][0]["tokens"];
    assert_eq!(tokens["refresh_token"], refresh_token);
    assert_eq!(tokens["access_tokens"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn waiting_for_calls_ends_with_408_when_none_come() -> Result<()> {
    let bench = Bench::new().await?;
    let path = "/sim/calls?operation=revoke&wait=1&timeout_ms=1";
    assert_eq!(send(bench.http.get(bench.url(path))).await?.status, 408);
    let wrong = send(bench.http.get(bench.url("/sim/calls?operation=dance"))).await?;
    assert_eq!(wrong.status, 400);
    Ok(())
}

#[tokio::test]
async fn a_whole_scenario_by_json_alone() -> Result<()> {
    let bench = Bench::with(Simulator::builder().start().await?)?;
    let app = json!({"key": "key", "secret": "secret", "redirect_uris": [CALLBACK]});
    post(&bench, "/sim/apps", &app).await?;
    let walk = json!({"authorize_url": bench.authorize_url(&[])?, "user": AMARA});
    let back = post(&bench, "/sim/approve", &walk).await?;
    let code = query(back["redirect"].as_str().context("no redirect")?)?["code"].clone();
    let tokens = bench.exchange(&code).await?.json()?;
    let refresh_token = tokens["refresh_token"].as_str().context("no refresh token")?;

    let fault = json!({"operation": "token.refresh", "times": 1,
        "fault": {"kind": "status", "status": 503, "body": "busy", "content_type": "text/plain", "retry_after": "soon"}});
    let id = post(&bench, "/sim/faults", &fault).await?["id"].clone();
    let answer = bench.refresh(refresh_token).await?;
    assert_eq!((answer.status, answer.text.as_str()), (503, "busy"));
    assert_eq!(answer.header("retry-after"), Some("soon"));
    assert_eq!(get(&bench, "/sim/faults").await?["faults"][0]["hits"], 1);
    let clear = format!("/sim/faults/{id}");
    assert_eq!(send(bench.http.delete(bench.url(&clear))).await?.status, 200);
    assert_eq!(send(bench.http.delete(bench.url(&clear))).await?.status, 404);

    assert_eq!(post(&bench, "/sim/expire", &json!({"grant": 1})).await?["expired"], 1);
    let link = json!({"app_key": "key", "account_id": tokens["account_id"]});
    assert_eq!(post(&bench, "/sim/disconnect", &link).await?["grants"], 1);
    let gone = send(bench.http.post(bench.url("/sim/grants/1/revoke"))).await?;
    assert_eq!(gone.status, 404, "dead already");
    post(&bench, "/sim/reset", &json!({"everything": true})).await?;
    let state = get(&bench, "/sim/state").await?;
    assert_eq!((&state["grants"], &state["calls"]["token.refresh"]), (&json!(0), &json!(0)));
    Ok(())
}

#[tokio::test]
async fn settings_apps_and_users_change_while_running() -> Result<()> {
    let bench = Bench::new().await?;
    let settings = json!({"access_token_seconds": 5});
    let put = send(bench.http.put(bench.url("/sim/settings")).json(&settings)).await?;
    assert_eq!(put.json()?["access_token_seconds"], 5);
    let (token, _) = bench.link().await?;
    post(&bench, "/sim/clock", &json!({"advance_seconds": 6})).await?;
    assert_eq!(bench.call("/2/users/get_current_account", &token).await?.status, 401);

    let patch = bench.http.patch(bench.url("/sim/apps/key")).json(&json!({"status": "frozen"}));
    assert_eq!(send(patch).await?.status, 200);
    assert!(bench.code(&[]).is_err());
    let user = json!({"name": "Ada", "email": "ada@example.com"});
    let account_id = post(&bench, "/sim/users", &user).await?["account_id"].clone();
    let user_path = format!("/sim/users/{}", account_id.as_str().context("no id")?);
    let patch = bench.http.patch(bench.url(&user_path)).json(&json!({"suspended": true}));
    assert_eq!(send(patch).await?.status, 200);
    assert!(bench.sim.users().iter().any(|user| user.suspended));
    Ok(())
}

#[tokio::test]
async fn nonsense_is_refused_with_a_reason() -> Result<()> {
    let bench = Bench::new().await?;
    for body in
        [json!({"fault": {"kind": "earthquake"}}), json!({"fault": {"kind": "hang"}, "tims": 1}), json!(7)]
    {
        let answer = send(bench.http.post(bench.url("/sim/faults")).json(&body)).await?;
        assert_eq!(answer.status, 400);
        assert!(answer.json()?["error"].is_string());
    }
    assert!(bench.sim.faults().is_empty());
    Ok(())
}

#[tokio::test]
async fn the_page_sets_and_clears_faults() -> Result<()> {
    let bench = Bench::new().await?;
    let press =
        async |fields: &[(&str, &str)]| send(bench.http.post(bench.url("/sim/panel")).form(fields)).await;
    let set = [
        ("act", "fault"),
        ("operation", "token.refresh"),
        ("kind", "status"),
        ("number", "502"),
        ("times", "3"),
    ];
    assert_eq!(press(&set).await?.status, 303);
    let faults = bench.sim.faults();
    assert_eq!((faults.len(), faults[0].spec.times), (1, Some(3)));
    let page = send(bench.http.get(bench.url("/sim"))).await?;
    assert!(page.text.contains("Clear fault 1"));
    press(&[("act", "clear"), ("id", "1")]).await?;
    assert!(bench.sim.faults().is_empty());
    let wrong = press(&[("act", "fault"), ("kind", "status"), ("number", "many")]).await?;
    assert!(wrong.header("location").is_some_and(|to| to.contains("problem=")));
    Ok(())
}

#[tokio::test]
async fn two_thousand_refreshes_at_once_are_all_counted() -> Result<()> {
    let bench = std::sync::Arc::new(Bench::new().await?);
    let (_, refresh_token) = bench.link().await?;
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let (bench, token) = (bench.clone(), refresh_token.clone());
            tokio::spawn(async move {
                for _ in 0..50 {
                    anyhow::ensure!(bench.refresh(&token).await?.status == 200);
                }
                Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    assert_eq!(bench.sim.count(dropbox_sim::Operation::TokenRefresh), 2_000);
    Ok(())
}

#[tokio::test]
async fn a_stopped_simulator_leaves_its_ports() -> Result<()> {
    let sim = Simulator::builder().start().await?;
    let address = sim.http_url().replace("http://", "");
    sim.stop().await;
    tokio::net::TcpListener::bind(address).await?;
    Ok(())
}

#[tokio::test]
async fn the_program_says_where_it_is_and_stops_when_told() -> Result<()> {
    let ca = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("dropbox-sim-program-ca.pem");
    let config = ca.with_extension("toml");
    let file = "[[users]]\nname = \"Ada\"\nemail = \"ada@example.com\"\nfiles = [\"a.txt\"]\n[settings]\ncode_seconds = 30\n";
    std::fs::write(&config, file)?;
    let mut program = Command::new(env!("CARGO_BIN_EXE_dropbox-sim"))
        .arg("--config")
        .arg(&config)
        .args(["--app", &format!("key:secret:{CALLBACK},http://localhost:8000/callback")])
        .args(["--auto-approve", "ada@example.com", "--token-seconds", "60", "--ca-file"])
        .arg(&ca)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = program.stdout.take().context("no stdout")?;
    let line = BufReader::new(stdout).lines().next_line().await?.context("it said nothing")?;
    let ready: Value = serde_json::from_str(&line)?;
    assert!(std::fs::read_to_string(&ca)?.contains("BEGIN CERTIFICATE"));
    let bench = Bench::new().await?;
    let origin = ready["http"].as_str().context("no http")?;
    let state = send(bench.http.get(format!("{origin}/sim/state"))).await?.json()?;
    assert_eq!(state["settings"]["access_token_seconds"], 60);
    assert_eq!(state["settings"]["code_seconds"], 30);
    let url = bench.authorize_url(&[])?.replace(&bench.sim.http_url(), origin);
    assert_eq!(send(bench.http.get(url)).await?.status, 302);
    let id = program.id().context("no process")?;
    kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
    assert!(program.wait().await?.success());
    Ok(())
}
