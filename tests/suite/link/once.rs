//! `Idempotency-Key`: a call that is repeated is carried out once.

use anyhow::Result;
use bowline_api::v1::{CreateLinkSession, NewLinkSession};
use bowline_tests::{Answer, Link, Stack, Tenant, until};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::{Value, json};

/// A request for a session of `user`, the same each time.
fn wanted(acme: &Tenant, user: &str) -> CreateLinkSession {
    CreateLinkSession {
        completion_challenge: Some(Link::challenge("the same verifier each time, of 43 characters")),
        ..acme.link_request(user)
    }
}

/// Creates a session with this key, with any outcome.
async fn create(stack: &Stack, acme: &Tenant, key: &str, body: &Value) -> Result<Answer> {
    let request = stack.http().post(format!("{}/v1/link-sessions", acme.base()));
    let request = request.bearer_auth(&acme.api_key).header("Idempotency-Key", key).json(body);
    Answer::read(request.send().await?).await
}

async fn sessions(stack: &Stack) -> Result<i64> {
    stack.database.count("SELECT count(*) FROM link_sessions").await
}

async fn keys(stack: &Stack) -> Result<i64> {
    stack.database.count("SELECT count(*) FROM idempotency_keys").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_call_returns_the_first_answer_and_the_stored_one_is_sealed() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let other = Tenant::create(&stack, "other").await?;
    let body = serde_json::to_value(wanted(&acme, "user-1"))?;
    let first = create(&stack, &acme, "order-7", &body).await?;
    assert_eq!((first.status, first.header("idempotent-replayed")), (201, ""));
    // With quotation marks and with the members in another order, it is the same call.
    let mut members: Vec<(String, Value)> =
        body.as_object().cloned().unwrap_or_default().into_iter().collect();
    members.reverse();
    let text = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect::<Vec<_>>();
    let request = stack.http().post(format!("{}/v1/link-sessions", acme.base())).bearer_auth(&acme.api_key);
    let request = request.header("Idempotency-Key", "\"order-7\"").header("content-type", "application/json");
    let again = Answer::read(request.body(format!("{{ {} }}", text.join(" , "))).send().await?).await?;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.text(), first.text());
    assert_eq!(again.header("location"), first.header("location"));
    let session: NewLinkSession = first.good()?;
    assert_eq!(stack.http().get(&session.url).send().await?.status().as_u16(), 200, "the link works");
    assert_eq!(sessions(&stack).await?, 1);

    // Neither the ticket nor the key can be read in the database.
    let row = "SELECT row_to_json(k)::text || encode(coalesce(sealed_answer, ''), 'escape') FROM idempotency_keys k";
    let rows = stack.database.rows(row, &[]).await?;
    let dump: String = rows[0].get(0);
    let ticket = session.url.rsplit('/').next().unwrap_or_default();
    for secret in ["order-7", ticket, "bwl_lk_", "user-1"] {
        assert!(!secret.is_empty() && !dump.contains(secret), "{secret}");
    }

    let changed = serde_json::to_value(wanted(&acme, "user-2"))?;
    let reused = create(&stack, &acme, "order-7", &changed).await?;
    assert_eq!(reused.refusal(), (422, "idempotency_key_reused".to_owned()));
    // The key of another tenant is another key, and so is another key of the same tenant.
    assert_eq!(
        create(&stack, &other, "order-7", &serde_json::to_value(wanted(&other, "user-1"))?).await?.status,
        201
    );
    assert_ne!(create(&stack, &acme, "order-8", &body).await?.text(), first.text());
    assert_eq!(sessions(&stack).await?, 3);
    for bad in ["", "a b", "\"", &"x".repeat(256)] {
        let answer = create(&stack, &acme, bad, &body).await?;
        assert_eq!(answer.refusal(), (400, "invalid_request".to_owned()), "{bad:?}");
    }
    // An answer that was moved to another key is not believed.
    stack
        .database
        .execute(
            "UPDATE idempotency_keys SET sealed_answer = (SELECT sealed_answer FROM idempotency_keys LIMIT 1)",
            &[],
        )
        .await?;
    let answers =
        [create(&stack, &acme, "order-7", &body).await?, create(&stack, &acme, "order-8", &body).await?];
    assert!(answers.iter().any(|answer| answer.refusal() == (500, "integrity_error".to_owned())));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_the_same_moment_create_one_session_on_several_replicas() -> Result<()> {
    let stack = Stack::builder().replicas(2).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let body = serde_json::to_value(wanted(&acme, "user-1"))?;
    let replicas = [acme.clone(), acme.at(stack.server(1).public_url())];
    let calls = (0..12).map(|number| create(&stack, &replicas[number % 2], "order-7", &body));
    let answers = try_join_all(calls).await?;
    for answer in &answers {
        match answer.status {
            201 => {}
            409 => {
                assert_eq!(answer.refusal().1, "idempotency_key_in_use");
                assert_eq!(answer.header("retry-after"), "1");
            }
            _ => panic!("{}", answer.text()),
        }
    }
    let last = create(&stack, &acme, "order-7", &body).await?;
    assert_eq!((last.status, last.header("idempotent-replayed")), (201, "true"));
    assert!(answers.iter().filter(|answer| answer.status == 201).all(|answer| answer.text() == last.text()));
    assert_eq!(sessions(&stack).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_call_gives_its_key_back_and_a_dead_one_does_not_hold_it_for_ever() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let body = serde_json::to_value(wanted(&acme, "user-1"))?;
    let mut wrong = body.clone();
    wrong["return_url"] = json!("https://not.registered.example/");
    assert_eq!(create(&stack, &acme, "order-7", &wrong).await?.refusal().0, 422);
    assert_eq!(keys(&stack).await?, 0);
    assert_eq!(create(&stack, &acme, "order-7", &body).await?.status, 201);

    // A process that died in between has left the claim alone.
    let dead = "UPDATE idempotency_keys SET sealed_answer = NULL, held_until = now() + interval '20 seconds'";
    stack.database.execute(dead, &[]).await?;
    let held = create(&stack, &acme, "order-7", &body).await?;
    assert_eq!(held.refusal(), (409, "idempotency_key_in_use".to_owned()));
    assert_eq!(create(&stack, &acme, "order-7", &wrong).await?.refusal().1, "idempotency_key_reused");
    stack.database.execute("UPDATE idempotency_keys SET held_until = now()", &[]).await?;
    assert_eq!(create(&stack, &acme, "order-7", &body).await?.status, 201);
    assert_eq!(create(&stack, &acme, "order-7", &body).await?.header("idempotent-replayed"), "true");
    assert_eq!(sessions(&stack).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_was_overtaken_creates_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let body = serde_json::to_value(wanted(&acme, "user-1"))?;
    // Another process takes the claim over while the call is being carried out.
    stack
        .database
        .superuser()
        .await?
        .batch_execute(
            "CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
             UPDATE idempotency_keys SET owner = gen_random_uuid();
             RETURN NEW;
         END $$;
         CREATE TRIGGER overtake BEFORE INSERT ON link_sessions FOR EACH ROW EXECUTE FUNCTION overtake()",
        )
        .await?;
    let answer = create(&stack, &acme, "order-7", &body).await?;
    assert_eq!(answer.refusal(), (409, "idempotency_key_in_use".to_owned()));
    assert_eq!(sessions(&stack).await?, 0, "its transaction was rolled back");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_kept_for_72_hours_and_then_deleted() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let body = serde_json::to_value(wanted(&acme, "user-1"))?;
    assert_eq!(create(&stack, &acme, "order-7", &body).await?.status, 201);
    let kept = "SELECT count(*) FROM idempotency_keys
        WHERE expires_at BETWEEN now() + interval '71 hours 55 minutes' AND now() + interval '72 hours'";
    assert_eq!(stack.database.count(kept).await?, 1);
    stack.database.execute("UPDATE idempotency_keys SET expires_at = now()", &[]).await?;
    // After that, the key can be used for another request even if nobody has deleted it yet.
    let other = serde_json::to_value(wanted(&acme, "user-2"))?;
    let made = create(&stack, &acme, "order-7", &other).await?;
    assert_eq!((made.status, made.header("idempotent-replayed")), (201, ""));
    stack.database.execute("UPDATE idempotency_keys SET expires_at = now()", &[]).await?;
    // The sweep begins with the server and continues every minute.
    stack.server_mut(0).kill().await?;
    stack.server_mut(0).start().await?;
    until("old answers are deleted", async || (keys(&stack).await.ok()? == 0).then_some(())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_each_call_creates_a_session() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let body = serde_json::to_value(wanted(&acme, "user-1"))?;
    for _ in 0..2 {
        assert_eq!(acme.call(Method::POST, "/v1/link-sessions", Some(body.clone())).await?.status, 201);
    }
    assert_eq!((sessions(&stack).await?, keys(&stack).await?), (2, 0));
    Ok(())
}
