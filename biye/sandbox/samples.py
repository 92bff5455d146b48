"""Files of a replayed season to look at: one of each kind, copied to the top of the demo's folder."""

import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, select

from models import archive
from models.certificate import CertificateSheet, RegistryPackage
from models.columns import table_of
from models.database import reading
from models.settings import settings
from rules.deadlines import season_calendar
from rules.milestones import milestones
from rules.reference import HQ, Reference
from rules.reports import Asked
from rules.season import Pack
from tasks.gap import season_gaps
from tasks.gap_picture import write_gap_picture
from tasks.reports import REPORTS, make_report, save_report
from tasks.timeline_picture import write_picture

ERROR_WORKBOOKS = 5
REPORTER = "演示制表人 周制表"


def leave_reports(folder: Path, pack: Pack, reference: Reference, as_of: datetime) -> list[Path]:
    """Leave every report that a season has, and the picture of its gaps; returns the files."""
    folder.mkdir(exist_ok=True)
    asked, made = Asked(pack, reference, as_of), []
    for name, report in REPORTS.items():
        if not report.needs and not report.off(pack):
            file = folder / f"{report.zh}.xlsx"
            save_report(make_report(name, asked, REPORTER, as_of), file)
            made.append(file)
    picture = folder / "查缺补漏.svg"
    write_gap_picture(season_gaps(pack.season, pack, as_of), pack.title, picture)
    return [*made, picture]


def leave_samples(folder: Path, pack: Pack) -> list[Path]:
    """Leave certificates, labels, lists to sign, a registry package, error workbooks and a picture."""
    seals = sorted((settings().folder("out") / HQ).glob("送盖章清单-*.pdf"))
    kept: list[Path | None] = [_copied(one, folder / "seal-list.pdf") for one in seals[:1]]
    kept += [
        _from_archive(folder / "certificates.pdf", table_of(CertificateSheet), "print_file"),
        _from_archive(folder / "registry-package.zip", table_of(RegistryPackage), "archived"),
    ]
    out = settings().folder("out")
    kept += [_copied(one, folder / "labels.pdf") for one in sorted((out / HQ).glob("标签-*.pdf"))[:1]]
    kept += [
        _copied(one, folder / "packing-lists.pdf") for one in sorted((out / HQ).glob("签收表-*.pdf"))[:1]
    ]
    for one in sorted(out.glob("*/未接收-*.xlsx"))[:ERROR_WORKBOOKS]:
        kept.append(_copied(one, folder / f"errors-{one.parent.name}-{one.stem.partition('-')[2]}.xlsx"))
    calendar = season_calendar(pack)
    write_picture(pack, milestones(pack, calendar), calendar.version, folder / "season.svg")
    kept.append(folder / "season.svg")
    return [one for one in kept if one is not None]


def _from_archive(target: Path, table: Table, column: str) -> Path | None:
    with reading() as db:
        digest = db.scalar(select(table.c[column]).where(table.c[column].is_not(None)).limit(1))
    if digest is None:
        return None
    target.write_bytes(archive.fetch(digest))
    return target


def _copied(source: Path, target: Path) -> Path:
    shutil.copyfile(source, target)
    return target
