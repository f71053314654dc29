ALTER TABLE link_sessions DROP COLUMN options;
