-- Operators' search. With a collation of its own, so that no locale of the database has a say in what is found.
CREATE INDEX CONCURRENTLY accounts_search_text_idx ON accounts
    USING gin ((coalesce(search_text, search COLLATE "C")) gin_trgm_ops);
