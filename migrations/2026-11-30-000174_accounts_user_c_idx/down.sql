DROP INDEX CONCURRENTLY accounts_user_c_idx;
