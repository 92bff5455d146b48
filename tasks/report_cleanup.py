"""Registrars' lists of a cleanup: 退学名单 and 学籍延期汇总表, each unit with its name (N8)."""

import pandas as pd
from sqlalchemy import Connection

from rules.reports import Asked
from tasks.cleanup_frames import extension_frame, withdrawal_frame


def withdrawals(db: Connection, asked: Asked) -> pd.DataFrame:
    """退学名单: every candidate of a cleanup, what protects the student, how far it is (N8)."""
    return _named(withdrawal_frame(db, asked.season, asked.branch), asked)


def extensions(db: Connection, asked: Asked) -> pd.DataFrame:
    """学籍延期汇总表: each application and nil return by unit, with its approval (N8)."""
    return _named(extension_frame(db, asked.season, asked.branch), asked)


def _named(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    return rows.assign(分部=[asked.units.get(code, code) for code in rows["分部"]])
