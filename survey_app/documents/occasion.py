"""The consultation that a document is printed for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

HOTLINE = "111"


@dataclass(frozen=True)
class Occasion:
    title: str
    school: str
    """Empty where it is not held at one."""
    commune: str
    held_on: date
    join_code: str
    min_age: int
    max_age: int

    @property
    def place(self) -> str:
        return ", ".join(filter(None, (self.school, self.commune)))

    @property
    def day(self) -> str:
        return self.held_on.strftime("%d/%m/%Y")

    @property
    def code(self) -> str:
        """As it is printed: "123 456"."""
        return f"{self.join_code[:3]} {self.join_code[3:]}"
