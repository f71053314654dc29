-- What a tenant asks for besides the link itself (label of the user, language, metadata, how the user signs in at the provider), as
-- JSON. It is bound into sealed_intent byte for byte, and empty where nothing of it was asked for.
ALTER TABLE link_sessions ADD COLUMN options text;
