DROP INDEX CONCURRENTLY accounts_id_end_idx;
