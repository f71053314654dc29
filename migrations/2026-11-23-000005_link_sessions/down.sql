DROP TABLE link_sessions;
