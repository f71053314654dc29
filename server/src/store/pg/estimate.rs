//! Wraps queries to determine their number of rows: by counting, or from the planner's estimate.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Json};
use serde_json::Value;

/// The `EXPLAIN` output of a query, as one JSON value.
#[derive(Debug, Clone, Copy, QueryId)]
pub(in crate::store) struct Explained<Q>(pub(in crate::store) Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Explained<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN (FORMAT JSON) ");
        self.0.walk_ast(out)
    }
}

impl<Q> Query for Explained<Q> {
    type SqlType = Json;
}

/// The number of rows of a query.
#[derive(Debug, Clone, Copy, QueryId)]
pub(in crate::store) struct Counted<Q>(pub(in crate::store) Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}

impl<Q> Query for Counted<Q> {
    type SqlType = BigInt;
}

/// The number of rows that a plan expects. It comes from the topmost node, or if Citus runs the plan on shards, from
/// the plans of all shards together; the coordinator's own node does not know it and reports 100,000. `None` if no
/// shard's plan is shown.
///
/// Citus shows the plan of one task, which represents all of them, unless `citus.explain_all_tasks` is on.
pub(in crate::store) fn expected_rows(plan: &Value) -> Option<u64> {
    let top = plan.get(0)?.get("Plan")?;
    let mut jobs = Vec::new();
    collect_jobs(top, &mut jobs);
    let rows = if jobs.is_empty() {
        top.get("Plan Rows")?.as_f64()?
    } else {
        jobs.into_iter().map(rows_of_job).sum::<Option<f64>>()?
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
    let rows = rows.round() as u64;
    Some(rows)
}

/// Collects the jobs of `Custom Scan (Citus Adaptive)` at any position in a plan.
fn collect_jobs<'a>(node: &'a Value, jobs: &mut Vec<&'a Value>) {
    jobs.extend(node.get("Distributed Query").and_then(|query| query.get("Job")));
    let children = node.get("Plans").and_then(Value::as_array);
    children.into_iter().flatten().for_each(|child| collect_jobs(child, jobs));
}

fn rows_of_job(job: &Value) -> Option<f64> {
    let count = job.get("Task Count")?.as_f64()?;
    let tasks = job.get("Tasks")?.as_array()?;
    let shown: Vec<f64> = tasks.iter().map(rows_of_task).collect::<Option<_>>()?;
    #[expect(clippy::cast_precision_loss, reason = "shards are few")]
    let shown_count = shown.len() as f64;
    match shown.len() {
        0 => (count == 0.0).then_some(0.0),
        _ => Some(shown.iter().sum::<f64>() * count / shown_count),
    }
}

/// `"Remote Plan"` contains the `EXPLAIN` output of the node, one array per row.
fn rows_of_task(task: &Value) -> Option<f64> {
    task.get("Remote Plan")?.get(0)?.get(0)?.get("Plan")?.get("Plan Rows")?.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn citus_task(rows: u64) -> Value {
        json!({
            "Node": "host=worker-1.internal port=5432 dbname=bowline",
            "Remote Plan": [[{ "Plan": { "Node Type": "Index Only Scan", "Relation Name": "accounts_102008", "Plan Rows": rows } }]]
        })
    }

    /// The output format of Citus 11 to 13 (`multi_explain.c`, and the expected output of its own tests).
    fn citus_plan(job: &Value) -> Value {
        json!({
            "Node Type": "Custom Scan", "Custom Plan Provider": "Citus Adaptive", "Parallel Aware": false,
            "Startup Cost": 0.0, "Total Cost": 0.0, "Plan Rows": 100_000, "Plan Width": 16,
            "Distributed Query": { "Job": job }
        })
    }

    fn expected_of_plan(top: &Value) -> Option<u64> {
        expected_rows(&json!([{ "Plan": top }]))
    }

    #[test]
    fn on_one_postgres_the_estimate_is_that_of_the_topmost_node() {
        let scan = json!({ "Node Type": "Seq Scan", "Plan Rows": 7 });
        assert_eq!(
            expected_of_plan(&json!({ "Node Type": "Append", "Plan Rows": 12_345, "Plans": [scan] })),
            Some(12_345)
        );
        assert_eq!(expected_of_plan(&json!({ "Node Type": "Result" })), None);
    }

    #[test]
    fn on_shards_the_plans_of_all_tasks_are_added_up() {
        let all = json!({ "Task Count": 3, "Tasks Shown": "All", "Tasks": [citus_task(1_000), citus_task(250), citus_task(0)] });
        assert_eq!(expected_of_plan(&citus_plan(&all)), Some(1_250));
        let below = json!({ "Node Type": "Aggregate", "Plan Rows": 1, "Plans": [citus_plan(&all)] });
        assert_eq!(expected_of_plan(&below), Some(1_250), "wherever the node stands");
        let one_tenant = json!({ "Task Count": 1, "Tasks Shown": "All", "Tasks": [citus_task(42)] });
        assert_eq!(expected_of_plan(&citus_plan(&one_tenant)), Some(42));
    }

    #[test]
    fn one_visible_task_represents_all_tasks_in_the_estimate() {
        let one = json!({ "Task Count": 32, "Tasks Shown": "One of 32", "Tasks": [citus_task(500)] });
        assert_eq!(expected_of_plan(&citus_plan(&one)), Some(16_000));
    }

    #[test]
    fn a_plan_without_visible_tasks_has_no_estimate() {
        let hidden = "None, not supported for re-partition queries";
        let none = json!({ "Task Count": 6, "Tasks Shown": hidden, "Dependent Jobs": [] });
        assert_eq!(expected_of_plan(&citus_plan(&none)), None);
        let empty = json!({ "Task Count": 6, "Tasks Shown": "One of 6", "Tasks": [] });
        assert_eq!(expected_of_plan(&citus_plan(&empty)), None);
        let cut =
            json!({ "Task Count": 1, "Tasks Shown": "All", "Tasks": [{ "Node": "x", "Remote Plan": [] }] });
        assert_eq!(expected_of_plan(&citus_plan(&cut)), None);
        let no_shard = json!({ "Task Count": 0, "Tasks Shown": "All", "Tasks": [] });
        assert_eq!(expected_of_plan(&citus_plan(&no_shard)), Some(0));
    }
}
