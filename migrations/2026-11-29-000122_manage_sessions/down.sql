DROP TABLE manage_sessions;
