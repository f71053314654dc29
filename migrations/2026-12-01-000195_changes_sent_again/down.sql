REVOKE SELECT (sequence, queued_at) ON webhook_deliveries FROM bowline_worker;
