//! Common setups of several test modules.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::v1::Account;
use bowline_tests::{Database, PATIENCE, Person, Stack, Tenant};
use dropbox_sim::{CallState, FaultKind, FaultSpec, Operation, UserConfig};

/// A stack with one tenant and one linked account.
pub(crate) async fn linked() -> Result<(Stack, Tenant, Account)> {
    linked_on(Stack::start().await?).await
}

/// Like [`linked`], on a given stack.
pub(crate) async fn linked_on(stack: Stack) -> Result<(Stack, Tenant, Account)> {
    let acme = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    Ok((stack, acme, account))
}

/// A person whom Dropbox does not know yet.
pub(crate) fn newcomer(stack: &Stack, name: &str) -> Person {
    let email = format!("{name}@example.com");
    stack.dropbox.add_user(&UserConfig::new(name, &email));
    Person::new(stack, &email)
}

/// Sets the remaining lifetime of the account's access token in seconds. Below one second, the token also expires at
/// Dropbox.
pub(crate) async fn set_token_life(stack: &Stack, account: AccountId, seconds: i64) -> Result<()> {
    if seconds < 1 {
        stack.dropbox.expire_tokens(None);
    }
    let change = format!("access_expires_at = now() + interval '{seconds} seconds'");
    let edited = stack.resealer().edit_accounts(&change, &format!("id = '{}'", account.uuid())).await?;
    anyhow::ensure!(edited == 1, "there is no such account");
    Ok(())
}

/// A server error at Dropbox.
pub(crate) fn out_of_order(operation: Operation) -> FaultSpec {
    let status = FaultKind::Status { status: 503, body: None, content_type: None, retry_after: None };
    FaultSpec::new(status).on(operation)
}

/// Waits until Dropbox has received a call and holds back its response.
pub(crate) async fn a_call_is_held(stack: &Stack) {
    assert!(stack.dropbox.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await);
}

/// Ends the first connection whose statement fires `trigger`, such as `TRIGGER once BEFORE UPDATE ON accounts`. The
/// sequence `tries` counts the affected rows.
pub(crate) async fn break_once(database: &Database, trigger: &str) -> Result<()> {
    let sql = format!(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION break_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
             IF nextval('tries') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
             RETURN NEW;
         END $$;
         CREATE {trigger} FOR EACH ROW EXECUTE FUNCTION break_once()"
    );
    Ok(database.superuser().await?.batch_execute(&sql).await?)
}
