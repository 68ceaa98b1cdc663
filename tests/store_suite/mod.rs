//! What every backend of the store must do, written against its face. A backend's tests name a [`Site`] and call `store_suite!`.
#![allow(dead_code)] // each test file uses its own part

pub mod decisions;
pub mod deliveries;
pub mod polls;
pub mod pruning;
pub mod reading;
pub mod world;

use newswatch::store::{Options, Store};

/// Where a store of this backend lies. It can be opened, closed and opened again.
pub trait Site {
    /// A place of its own, empty.
    fn new() -> Self;
    /// Takes possession with the defaults, or what `change` makes of them.
    fn open_with(&self, change: impl FnOnce(&mut Options)) -> Store;
    /// Takes possession with the defaults.
    fn open(&self) -> Store {
        self.open_with(|_| {})
    }
    /// Another owner takes possession.
    fn reopen(&self, store: Store) -> impl Future<Output = Store> {
        async move {
            store.close().await;
            self.open()
        }
    }
}

/// Runs every case on the backend of a [`Site`].
#[macro_export]
macro_rules! store_suite {
    ($site:ty) => {
        $crate::store_suite!(@cases $site:
            polls: a_feed_begins_new, a_feed_that_is_left_out_is_retired, another_address_keeps_what_was_seen, a_poll_records_what_it_found,
                an_entry_is_recorded_once, racing_polls_record_an_entry_once, only_what_is_stored_counts_as_known, validators_follow_the_document,
                a_poll_of_a_feed_that_left_is_dropped, a_large_poll_is_whole, an_article_comes_back_as_it_was, states_are_kept, generations_rise;
            decisions: a_told_hit_is_an_alert_and_its_deliveries, a_decision_twice_is_a_decision_once, a_hit_waits_with_its_story,
                a_wait_that_is_over_does_not_begin_again, a_hit_never_waits_without_a_wait, a_wait_lasts_while_a_hit_is_left_in_it,
                a_wait_keeps_its_hour, copies_find_their_story, an_article_stays_in_its_story, an_answer_is_limited, an_end_is_final,
                seq_goes_on;
            deliveries: deliveries_are_claimed_in_order_and_once, a_settled_delivery_is_gone, a_retry_comes_when_it_is_due,
                a_dead_delivery_is_left_alone, nothing_goes_before_its_hour, a_new_owner_takes_claims_back, a_claim_that_nobody_waits_for_is_given_back,
                keys_are_fixed_and_differ_by_sink, a_sink_at_its_cap_overflows_alone, rows_of_a_removed_sink_are_orphans, a_sinks_state_is_kept;
            reading: the_log_is_filtered, the_log_shows_the_story_as_it_stands, ids_are_found_by_their_beginning, articles_are_found_by_url,
                the_chain_of_an_article, the_chain_of_a_story_and_a_feed, feeds_are_listed, the_day_in_figures, a_closed_store_says_so;
            pruning: old_articles_go_and_stay_seen, an_alert_keeps_its_article, an_undecided_hit_keeps_its_article, an_undelivered_alert_stays,
                what_left_its_document_is_forgotten_later, an_unchanged_document_is_not_forgotten, a_database_over_its_size_loses_the_oldest;
        );
    };
    (@cases $site:ty: $($module:ident: $($case:ident),+ ;)+) => {
        $(mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $crate::store_suite::$module::$case(&<$site as $crate::store_suite::Site>::new()).await;
                }
            )+
        })+
    };
}
