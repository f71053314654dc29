DROP INDEX CONCURRENTLY link_sessions_lost_idx;
