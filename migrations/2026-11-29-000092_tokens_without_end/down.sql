ALTER TABLE accounts DROP CONSTRAINT accounts_tokens_together;
ALTER TABLE accounts ADD CONSTRAINT accounts_tokens_whole CHECK (
    (sealed_access_token IS NULL) = (sealed_refresh_token IS NULL)
    AND (sealed_access_token IS NULL) = (access_expires_at IS NULL)
    AND (sealed_access_token IS NULL) = (refreshed_at IS NULL)
) NOT VALID;
