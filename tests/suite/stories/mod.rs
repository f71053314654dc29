//! Random stories of one account on two replicas are run against the real service and against a small reference. The
//! answers must be equal, and so must the state at Dropbox and in the database.
//!
//! `cargo verify` runs the same few stories each time. `BOWLINE_STORIES=200 cargo nextest run -p bowline-tests -E
//! 'test(stories)'` runs others. A story that fails is shortened, printed, and saved in `stories.txt` next to this
//! file; from then on it runs first.

mod clock;
mod reference;
mod world;

use std::cell::RefCell;
use std::sync::atomic::Ordering;

use anyhow::Result;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestRunner};
use proptest_state_machine::ReferenceStateMachine as _;

use reference::Story;
use world::World;

/// The default number of stories.
const STORIES: u32 = 6;
/// The number of steps in the longest story.
const STEPS: usize = 30;
/// A fixed seed, so that every run of `cargo verify` is the same.
const SEED: u64 = 0x0062_6f77_6c69_6e65;

#[test]
fn stories_of_one_account_end_as_they_must() -> Result<()> {
    let asked = std::env::var("BOWLINE_STORIES").ok().map(|count| count.parse()).transpose()?;
    let kept =
        FileFailurePersistence::Direct(concat!(env!("CARGO_MANIFEST_DIR"), "/suite/stories/stories.txt"));
    let mut runner = TestRunner::new(Config {
        cases: asked.unwrap_or(STORIES),
        rng_seed: if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(SEED) },
        failure_persistence: Some(Box::new(kept)),
        // Each iteration takes seconds.
        max_shrink_iters: 100,
        ..Config::default()
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let world = RefCell::new(runtime.block_on(World::start())?);
    let told = runner.run(&Story::sequential_strategy(1..STEPS), |(mut expected, steps, seen)| {
        let mut world = world.borrow_mut();
        let story = async {
            world.begin_story().await?;
            for step in &steps {
                if let Some(seen) = &seen {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
                let before = expected.clone();
                expected = Story::apply(expected, step);
                let done = world.take(*step, &before, &expected).await;
                done.map_err(|error| error.context(format!("{step:?} should have led to {expected:?}")))?;
            }
            anyhow::Ok(())
        };
        runtime.block_on(story).map_err(|error| TestCaseError::fail(format!("{error:#}")))
    });
    let _runtime = runtime.enter();
    drop(world);
    told.map_err(|error| anyhow::anyhow!("{error}"))
}
