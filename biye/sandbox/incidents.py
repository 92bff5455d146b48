"""What went wrong on the way in a replay, each with a student to look up: for the closing table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from biye.sandbox.expected import ExpectedException


@dataclass
class Incidents:
    """What happened so far, by name. tell: hears each when it first happens."""

    tell: Callable[[str], None]
    found: dict[str, ExpectedException] = field(default_factory=dict)

    def note(self, name: str, clause: str, zh: str, unit: str, students: Sequence[str]) -> None:
        """Note something that concerns some students; the first of them is the example."""
        if not students:
            return
        if name not in self.found:
            self.found[name] = ExpectedException(
                name=name, zh=zh, clause=clause, unit=unit, count=0, example=students[0]
            )
            self.tell(f"{clause} {zh}（{unit}）")
        self.found[name]["count"] += len(students)
