-- An earlier version lets any session of the operator use a proof, so those that wait to be used are void.
DELETE FROM operator_sign_ons WHERE operator_id IS NOT NULL;
DROP INDEX operator_sign_ons_session_idx;
ALTER TABLE operator_sign_ons DROP CONSTRAINT operator_sign_ons_session_fkey;
ALTER TABLE operator_sign_ons DROP COLUMN session_id;
