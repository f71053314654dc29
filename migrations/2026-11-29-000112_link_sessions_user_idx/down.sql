DROP INDEX CONCURRENTLY link_sessions_user_idx;
