-- Operators' lists in the order of e-mails, the same in every database. Takes the place of accounts_email_idx.
CREATE INDEX CONCURRENTLY accounts_email_c_idx ON accounts
    (lower(email COLLATE "C"), id);
