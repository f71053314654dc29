DROP INDEX CONCURRENTLY accounts_unfolded_idx;
