"""Whose case it is: masked, or in the clear for somebody who asked by name."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from rules.identity import mask_id
from rules.names import mask_name
from tasks.unmasking import id_number


@dataclass(frozen=True)
class Person:
    """Who it is. student_no, name, id_number: masked unless asked for."""

    student_no: str
    name: str
    id_number: str
    branch: str
    centre: str
    level: str
    programme_code: str
    direction: str
    entry_term: str


def person_of(student: Row[Any], masked: bool) -> Person:
    """Return who a row of `student` is; Refused keys-other when its ID number cannot be decrypted."""
    plain = {
        "student_no": student.student_no,
        "name": student.name,
        "id_number": id_number(student.id_cipher),
    }
    hidden = {name: (mask_name if name == "name" else mask_id)(value) for name, value in plain.items()}
    shown = ("branch", "centre", "level", "programme_code", "direction", "entry_term")
    return Person(**(hidden if masked else plain), **{name: getattr(student, name) for name in shown})
