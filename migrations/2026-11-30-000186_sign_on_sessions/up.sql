-- The session that has begun a step-up: only it finishes the login anew and uses the proof, which end with the session. NULL for a login.
-- A version before this one leaves it empty; what it has begun proves nothing to this one, and the operator begins again.
ALTER TABLE operator_sign_ons ADD COLUMN session_id uuid;
ALTER TABLE operator_sign_ons ADD CONSTRAINT operator_sign_ons_session_fkey
    FOREIGN KEY (session_id) REFERENCES operator_sessions (id) ON DELETE CASCADE;
-- The end of a session looks for what belongs to it.
CREATE INDEX operator_sign_ons_session_idx ON operator_sign_ons (session_id);
