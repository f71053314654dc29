from enum import StrEnum


class Assurance(StrEnum):
    BROWSER = "browser"
    CONFIRMED = "confirmed"

    def __str__(self) -> str:
        return str(self.value)
