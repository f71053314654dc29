ALTER TABLE link_sessions DROP COLUMN sealed_intent;
