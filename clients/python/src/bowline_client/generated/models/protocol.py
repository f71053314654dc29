from enum import StrEnum


class Protocol(StrEnum):
    OAUTH1 = "oauth1"
    OAUTH1A = "oauth1a"
    OAUTH2 = "oauth2"

    def __str__(self) -> str:
        return str(self.value)
