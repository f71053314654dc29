-- Operators' list of codes whose answer was lost after they had been sent: few, among all sessions that there ever were.
CREATE INDEX CONCURRENTLY link_sessions_lost_idx ON link_sessions (id) WHERE failure IN ('answer_lost', 'interrupted');
