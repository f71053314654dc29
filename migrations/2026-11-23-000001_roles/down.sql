-- The roles stay: they belong to the cluster, and other databases may use them.
DROP FUNCTION bowline_credential();
DROP FUNCTION bowline_tenant();
