DROP INDEX CONCURRENTLY accounts_label_c_idx;
