-- An access token may live until somebody ends its link, and may come without a refresh token. Both belong to an access token, as does
-- the time when it was fetched.
ALTER TABLE accounts DROP CONSTRAINT accounts_tokens_whole;
ALTER TABLE accounts ADD CONSTRAINT accounts_tokens_together CHECK (
    (sealed_access_token IS NULL) = (refreshed_at IS NULL)
    AND (sealed_access_token IS NOT NULL OR (sealed_refresh_token IS NULL AND access_expires_at IS NULL))
) NOT VALID;
