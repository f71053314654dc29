-- The list of tenants in the order of their slugs, the same in every database.
CREATE INDEX CONCURRENTLY tenants_slug_c_idx ON tenants (slug COLLATE "C");
