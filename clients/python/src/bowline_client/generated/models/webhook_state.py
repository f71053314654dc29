from enum import StrEnum


class WebhookState(StrEnum):
    DISABLED = "disabled"
    ENABLED = "enabled"
    REMOVED = "removed"

    def __str__(self) -> str:
        return str(self.value)
