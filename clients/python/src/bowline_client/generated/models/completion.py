from enum import StrEnum


class Completion(StrEnum):
    BROWSER = "browser"
    TENANT = "tenant"

    def __str__(self) -> str:
        return str(self.value)
