from enum import StrEnum


class WebhookDeliveryState(StrEnum):
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
