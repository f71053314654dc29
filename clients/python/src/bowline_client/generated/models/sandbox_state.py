from enum import StrEnum


class SandboxState(StrEnum):
    BROKEN_APP = "broken_app"
    DEAD_GRANT = "dead_grant"
    HEALTHY = "healthy"
    MISSING_SCOPE = "missing_scope"
    RATE_LIMITED = "rate_limited"
    SLOW = "slow"
    USER_SUSPENDED = "user_suspended"

    def __str__(self) -> str:
        return str(self.value)
