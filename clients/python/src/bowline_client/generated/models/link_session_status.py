from enum import StrEnum


class LinkSessionStatus(StrEnum):
    AUTHORIZING = "authorizing"
    COMPLETED = "completed"
    CREATED = "created"
    DENIED = "denied"
    EXPIRED = "expired"
    FAILED = "failed"
    RETURNED = "returned"

    def __str__(self) -> str:
        return str(self.value)
