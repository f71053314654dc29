DROP INDEX CONCURRENTLY tenants_slug_c_idx;
