-- Events of changed files that were queued again are kept for as long again.
GRANT SELECT (sequence, queued_at) ON webhook_deliveries TO bowline_worker;
