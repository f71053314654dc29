-- What operators' search looks through, folded by the server (domain/fold.rs) and not by the database, whose lower() follows a locale.
-- Written with each account from this version on; a worker fills it in where it is missing. Until then the old text is looked through.
ALTER TABLE accounts ADD COLUMN search_text text COLLATE "C";
GRANT SELECT (search_text) ON accounts TO bowline_operator;
-- The worker finds the rows that are still to be filled, and sees no other.
CREATE POLICY accounts_unfolded ON accounts FOR SELECT TO bowline_worker USING (search_text IS NULL);
GRANT SELECT (tenant_id, id, search_text) ON accounts TO bowline_worker;
