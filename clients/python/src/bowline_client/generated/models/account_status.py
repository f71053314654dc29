from enum import StrEnum


class AccountStatus(StrEnum):
    ACTIVE = "active"
    NEEDS_REAUTH = "needs_reauth"
    REVOKED = "revoked"
    REVOKING = "revoking"
    SUSPENDED = "suspended"

    def __str__(self) -> str:
        return str(self.value)
