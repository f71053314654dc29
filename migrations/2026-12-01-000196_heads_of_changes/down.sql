-- Nothing: the version before adds a head when it writes the first event.
SELECT 1;
