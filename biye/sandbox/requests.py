"""What a unit asks for: exemptions (R3), urgent cases (N4), covers (N6), extensions of enrolment (N8)."""

import io
import zipfile
from datetime import timedelta

import numpy as np
import pandas as pd

from biye.sandbox import story
from biye.sandbox.grades import exempted_courses
from biye.sandbox.outbox import Outbox
from biye.sandbox.sender import Sender
from biye.sandbox.sheets import PLAIN, Column, Sheet, render
from rules.reference import HQ

URGENT_STUDENTS = 2
_EXEMPTIONS = {
    "exemption-in-time": story.LAST_EXEMPTION,
    "exemption-late": story.LATE_EXEMPTION,
    "exemption-late-spare": story.LATE_EXEMPTION,
}
WEAK_REASON = "未写明理由"
EXTENDED = {"spring-2012-extended": "尚缺一门课程成绩", "spring-2012-rejected": WEAK_REASON}
_EXTENDED_BEFORE = {"autumn-2011-extended": "202003", "spring-2011-used-up": "201909"}
_SCAN = b"%PDF-1.4\n% "


def send_requests(sender: Sender) -> None:
    """Send all requests of a unit's season."""
    _send_exemptions(sender)
    _send_urgent(sender)
    _send_cover_estimate(sender)
    _send_extensions(sender)


def _send_exemptions(sender: Sender) -> None:
    """R3: 12-10 23:59:59 is in time, a second later is not."""
    for received in (story.LAST_EXEMPTION, story.LATE_EXEMPTION):
        fates = [fate for fate, at in _EXEMPTIONS.items() if at == received]
        own = sender.students["fate"].isin(fates).to_numpy()
        student, course = exempted_courses(sender.grades, np.flatnonzero(own))
        ids = sender.reference.courses["course_id"].to_numpy()[course]
        sheet: Sheet = {
            "学号": sender.students["student_no"].to_numpy(dtype=object)[student],
            "课程ID": np.array([f"{course_id:05d}" for course_id in ids], dtype=object),
            "类型": _all(len(student), "免修免考"),
            "理由": _all(len(student), "已取得同等课程成绩"),
            "递交日期": _all(len(student), received.date().isoformat()),
        }
        sender.outbox.send("exemption", sender.unit, received, sheet, sender.style)


def _send_urgent(sender: Sender) -> None:
    """N4: the last to send; two of them are urgent."""
    if sender.part != "urgent":
        return
    own = urgent_students(sender.students)
    sheet: Sheet = {
        "学号": own["student_no"].to_numpy(dtype=object),
        "理由": _all(len(own), "出国留学，须提前取得证书"),
    }
    sender.outbox.send(
        "urgent-request", sender.unit, story.at(story.LAST_DAY, "09:00:00"), sheet, sender.style
    )


def urgent_students(students: pd.DataFrame) -> pd.DataFrame:
    """Return who is urgent in the unit that asks for it: nobody with another fate."""
    return students[(students["batch"] == 1) & (students["fate"] == "")].iloc[:URGENT_STUDENTS]


def _send_cover_estimate(sender: Sender) -> None:
    """N6: about as many as the unit's graduates; a third more from one unit, none from another."""
    if sender.part == "no-cover-estimate":
        return
    applicants = sender.students[story.applies(sender.students["fate"])]
    counts = applicants["level"].value_counts().sort_index()
    more = 1.33 if sender.part == "covers-30-over" else 1.0
    sheet: Sheet = {
        "层次": counts.index.to_numpy(dtype=object),
        "数量": np.array([str(round(count * more)) for count in counts], dtype=object),
        "说明": _all(len(counts), ""),
    }
    received = story.at(story.COVER_DAY, "16:00:00") + timedelta(minutes=sender.place)
    sender.outbox.send("cover-estimate", sender.unit, received, sheet, PLAIN)


def _send_extensions(sender: Sender) -> None:
    """N8: until 05-15 inclusive, with the written applications; a unit with nobody to extend says so."""
    late = sender.part == "extension-list-late"
    received = story.LATE_EXTENSION if late else story.LAST_EXTENSION
    own = sender.students[sender.students["fate"].isin(EXTENDED)]
    if own.empty:
        nil = {"学号": _all(1, "无"), "申请日期": _all(1, ""), "理由": _all(1, ""), "附件": _all(1, "")}
        sender.outbox.send("extension", sender.unit, received, nil, PLAIN)
        return
    sheet: Sheet = {
        "学号": own["student_no"].to_numpy(dtype=object),
        "申请日期": _all(len(own), "2020-05-06"),
        "理由": own["fate"].map(EXTENDED).to_numpy(dtype=object),
        "附件": np.array([f"申请书{place}.pdf" for place in range(len(own))], dtype=object),
    }
    content = _with_scans(render(sheet, PLAIN), sheet["附件"])
    sender.outbox.rows["extension"] += len(own)
    sender.outbox.send_bytes("extension", sender.unit, received, content, ".zip")


def _with_scans(table: bytes, names: Column) -> bytes:
    """Return a zip of a list and the scans that it names; the same each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        files = {"名单.csv": table, **{name: _SCAN + name.encode() for name in names}}
        for name, content in files.items():
            opened.writestr(zipfile.ZipInfo(name, (2020, 5, 6, 9, 0, 0)), content)
    return out.getvalue()


def send_earlier_extensions(students: pd.DataFrame, outbox: Outbox) -> None:
    """N8: what the academic system knows of earlier extensions; sent by HQ."""
    own = students[students["fate"].isin(_EXTENDED_BEFORE)]
    sheet: Sheet = {
        "学号": own["student_no"].to_numpy(dtype=object),
        "延期至": own["fate"].map(_EXTENDED_BEFORE).to_numpy(dtype=object),
        "批准文号": _all(len(own), "演示延〔2019〕1号"),
        "批准日期": _all(len(own), "2019-05-20"),
    }
    outbox.send("extension-history", HQ, story.at(story.OPENING, "09:00:00"), sheet, PLAIN)


def _all(count: int, text: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.full(count, text, dtype=object)
