"""Students as the academic system's roster states them."""

from datetime import date

from sqlmodel import Field, SQLModel


class Student(SQLModel, table=True):
    """One student. Personal data: all columns; the ID number is AES-256-GCM encrypted, with a blind index."""

    __tablename__ = "student"
    id: int | None = Field(default=None, primary_key=True)
    student_no: str = Field(max_length=20, unique=True)
    branch: str = Field(max_length=3, index=True)
    centre: str = Field(max_length=7)
    name: str = Field(max_length=80)
    sex: str = Field(max_length=2)
    birth_date: date
    ethnicity: str = Field(max_length=40)
    id_type: str = Field(max_length=40)
    id_cipher: bytes
    id_index: bytes = Field(index=True)
    exam_no: str = Field(max_length=40)
    level: str = Field(max_length=8)
    programme_code: str = Field(max_length=16)
    direction: str = Field(max_length=80)
    entry_term: str = Field(max_length=6)  # YYYY03 or YYYY09
    status: str = Field(max_length=20)
    discipline: str = Field(max_length=80)
    submission_id: int = Field(foreign_key="submission.id")
