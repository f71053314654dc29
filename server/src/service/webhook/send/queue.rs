//! The deliveries of one endpoint that its sender has read: in order for each account, in any order otherwise.

use std::collections::{HashMap, HashSet, VecDeque};

use uuid::Uuid;

use crate::store::webhooks::sender::DueDelivery;

/// The maximum number of deliveries in memory.
const QUEUE_ROOM: usize = 64;
/// The maximum number of one account among them, so that an account whose delivery takes long leaves room for others.
const ACCOUNT_DEPTH: usize = 8;

/// Deliveries that are being tried or are to be tried.
#[derive(Default)]
pub(super) struct Queue {
    /// The deliveries that can be tried now.
    ready: VecDeque<DueDelivery>,
    /// Those behind one that is ready or running, by account.
    behind: HashMap<Uuid, VecDeque<DueDelivery>>,
    running: HashSet<i64>,
    /// Accounts with a delivery that is ready or running.
    busy: HashSet<Uuid>,
}

impl Queue {
    /// The numbers of all deliveries in memory.
    pub(super) fn known(&self) -> Vec<i64> {
        let waiting = self.ready.iter().chain(self.behind.values().flatten()).map(|one| one.sequence);
        waiting.chain(self.running.iter().copied()).collect()
    }

    /// The accounts with a delivery that is ready or running. What else they have to deliver need not be read now.
    pub(super) fn busy(&self) -> Vec<Uuid> {
        self.busy.iter().copied().collect()
    }

    /// How many more deliveries the queue takes.
    pub(super) fn room(&self) -> usize {
        QUEUE_ROOM.saturating_sub(self.known().len())
    }

    /// Whether no delivery is in memory.
    pub(super) fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.running.is_empty()
    }

    /// Takes deliveries. Each that has another one of its account before it must come after that one, here or before.
    pub(super) fn add(&mut self, deliveries: Vec<DueDelivery>) {
        for delivery in deliveries {
            match delivery.account_id {
                Some(account) if !self.busy.insert(account) => {
                    self.behind.entry(account).or_default().push_back(delivery);
                }
                _ => self.ready.push_back(delivery),
            }
        }
    }

    /// The next delivery to try.
    pub(super) fn start(&mut self) -> Option<DueDelivery> {
        let delivery = self.ready.pop_front()?;
        self.running.insert(delivery.sequence);
        Some(delivery)
    }

    /// An attempt has ended. If the delivery waits on, what is behind it is forgotten: the database knows when it is due.
    pub(super) fn ended(&mut self, delivery: &DueDelivery, waits_on: bool) {
        self.running.remove(&delivery.sequence);
        let Some(account) = delivery.account_id else { return };
        let next = if waits_on {
            self.behind.remove(&account);
            None
        } else {
            self.behind.get_mut(&account).and_then(VecDeque::pop_front)
        };
        if let Some(next) = next {
            self.ready.push_back(next);
        } else {
            self.behind.remove(&account);
            self.busy.remove(&account);
        }
    }

    /// Forgets the deliveries that are not running.
    pub(super) fn clear(&mut self) {
        self.ready.clear();
        self.behind.clear();
    }
}

/// Splits what was read into what can be taken, and what cannot because the delivery before it is neither `known` nor among what was read. What
/// exceeds [`ACCOUNT_DEPTH`] is in neither part.
pub(super) fn in_order(known: &[i64], read: Vec<DueDelivery>) -> (Vec<DueDelivery>, Vec<DueDelivery>) {
    let mut known: HashSet<i64> = known.iter().copied().collect();
    let (mut deep, mut depths) = (HashSet::new(), HashMap::new());
    let (mut taken, mut early) = (Vec::new(), Vec::new());
    for delivery in read {
        if delivery.behind.is_some_and(|behind| deep.contains(&behind)) {
            deep.insert(delivery.sequence);
        } else if delivery.behind.is_some_and(|behind| !known.contains(&behind)) {
            early.push(delivery);
        } else if is_deep(&mut depths, delivery.account_id) {
            deep.insert(delivery.sequence);
        } else {
            known.insert(delivery.sequence);
            taken.push(delivery);
        }
    }
    (taken, early)
}

/// Counts a delivery of the account, and says whether there are [`ACCOUNT_DEPTH`] already.
fn is_deep(depths: &mut HashMap<Uuid, usize>, account: Option<Uuid>) -> bool {
    account.is_some_and(|account| {
        let depth = depths.entry(account).or_default();
        *depth += 1;
        *depth > ACCOUNT_DEPTH
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn queued_delivery(sequence: i64, account: u128, behind: Option<i64>) -> DueDelivery {
        DueDelivery {
            sequence,
            account_id: (account > 0).then(|| Uuid::from_u128(account)),
            attempts: 0,
            queued_at: DateTime::UNIX_EPOCH,
            event: Uuid::nil(),
            at: DateTime::UNIX_EPOCH,
            payload: String::new(),
            behind,
            behind_until: None,
            next_waits: false,
        }
    }

    fn started_deliveries(queue: &mut Queue) -> Vec<i64> {
        std::iter::from_fn(|| queue.start()).map(|one| one.sequence).collect()
    }

    #[test]
    fn an_account_has_one_attempt_at_a_time_and_others_do_not_wait_for_it() {
        let mut queue = Queue::default();
        let all = [
            queued_delivery(1, 7, None),
            queued_delivery(2, 7, Some(1)),
            queued_delivery(3, 8, None),
            queued_delivery(4, 0, None),
            queued_delivery(5, 0, None),
        ];
        queue.add(all.to_vec());
        assert_eq!(started_deliveries(&mut queue), [1, 3, 4, 5]);
        queue.ended(&all[0], false);
        assert_eq!(started_deliveries(&mut queue), [2]);
    }

    #[test]
    fn behind_a_delivery_that_waits_nothing_is_tried() {
        let mut queue = Queue::default();
        let first = queued_delivery(1, 7, None);
        queue.add(vec![first.clone(), queued_delivery(2, 7, Some(1)), queued_delivery(3, 7, Some(2))]);
        assert_eq!(started_deliveries(&mut queue), [1]);
        queue.ended(&first, true);
        assert!(started_deliveries(&mut queue).is_empty() && queue.is_empty());
        assert!(queue.known().is_empty());
        // Once it is due again, the account goes on.
        queue.add(vec![first]);
        assert_eq!(started_deliveries(&mut queue), [1]);
    }

    #[test]
    fn what_follows_something_unknown_is_not_taken() {
        let read = vec![
            queued_delivery(4, 7, Some(2)),
            queued_delivery(5, 7, Some(4)),
            queued_delivery(6, 8, Some(3)),
            queued_delivery(7, 9, None),
        ];
        let numbers = |list: &[DueDelivery]| list.iter().map(|one| one.sequence).collect::<Vec<_>>();
        let (taken, left) = in_order(&[3], read);
        assert_eq!((numbers(&taken), numbers(&left)), (vec![6, 7], vec![4, 5]));
    }

    #[test]
    fn an_account_with_many_deliveries_leaves_room_for_others() {
        let many =
            |sequence: i64| queued_delivery(sequence, 7, Some(sequence - 1).filter(|before| *before > 0));
        let mut read: Vec<DueDelivery> = (1..50).map(many).collect();
        read.push(queued_delivery(50, 8, None));
        let (taken, early) = in_order(&[], read);
        let depth = i64::try_from(ACCOUNT_DEPTH).unwrap();
        let numbers: Vec<i64> = taken.iter().map(|one| one.sequence).collect();
        assert_eq!(numbers, (1..=depth).chain([50]).collect::<Vec<_>>());
        assert!(early.is_empty(), "they are due, so they need not be put off: {early:?}");
        let mut queue = Queue::default();
        queue.add(taken);
        assert_eq!(queue.room(), QUEUE_ROOM - ACCOUNT_DEPTH - 1);
        assert_eq!(queue.busy().len(), 2);
    }

    proptest! {
        /// Whatever fails and whenever attempts end, the numbers that an account sees for the first time never go back.
        #[test]
        fn accounts_see_their_events_in_order(
            accounts in prop::collection::vec(0_u128..4, 1..40),
            fails in prop::collection::vec(any::<bool>(), 0..60),
        ) {
            let mut last: HashMap<u128, i64> = HashMap::new();
            let mut waiting: Vec<(i64, u128)> = (1..).zip(accounts).collect();
            let (mut queue, mut running, mut fails) = (Queue::default(), VecDeque::new(), fails.into_iter());
            while !waiting.is_empty() {
                let known = queue.known();
                let mut before: HashMap<u128, i64> = HashMap::new();
                let mut due = Vec::new();
                for (sequence, account) in &waiting {
                    let behind = before.insert(*account, *sequence).filter(|_| *account > 0);
                    if !known.contains(sequence) && !queue.busy().contains(&Uuid::from_u128(*account)) {
                        due.push(queued_delivery(*sequence, *account, behind));
                    }
                }
                let (taken, _) = in_order(&known, due);
                queue.add(taken);
                running.extend(std::iter::from_fn(|| queue.start()));
                let Some(ended) = running.pop_front() else { break };
                let account = ended.account_id.map_or(0, |id| id.as_u128());
                if account > 0 {
                    prop_assert!(last.get(&account).is_none_or(|last| *last <= ended.sequence));
                    last.insert(account, ended.sequence);
                }
                let waits_on = fails.next().unwrap_or(false);
                queue.ended(&ended, waits_on);
                if !waits_on {
                    waiting.retain(|(sequence, _)| *sequence != ended.sequence);
                }
            }
            prop_assert!(waiting.is_empty(), "everything is delivered: {waiting:?}");
        }
    }
}
