DROP INDEX CONCURRENTLY accounts_email_c_idx;
