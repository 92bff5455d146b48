"""What a phase shows in the Prefect UI: a table of numbers, never a person, and what comes next."""

from collections.abc import Mapping, Sequence
from typing import Any

from prefect import get_client
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_UI_URL

# What an operator looks at next; between two of them a second person approves.
NEXT = {"open": "audit", "intake": "audit", "audit": "register", "register": "certify", "certify": "dispatch"}
HEADINGS = {
    "accepted": "接受 accepted",
    "cases": "人数 cases",
    "clause": "条款 clause",
    "duplicate": "重复 duplicate",
    "due_on": "到期 due on",
    "duty": "时限 duty",
    "failed": "不合格 failed",
    "files": "文件 files",
    "held": "暂缓 held",
    "holder": "责任方 holder",
    "kind": "数据 kind",
    "open": "未办 open",
    "parked": "留存 parked",
    "passed": "合格 passed",
    "printed": "已打印 printed",
    "quarantined": "待改 quarantined",
    "refused": "退回 refused",
    "rows_read": "行数 rows",
    "state": "状态 state",
    "subject": "对象 subject",
    "subject_id": "编号 id",
    "waiting": "待数据 waiting",
}


def show(phase: str, season: str, batch: int | None, rows: Sequence[Mapping[str, Any]], said: str) -> None:
    """Publish a phase's result as a table under a key that every later run of the phase continues.

    rows: ids, units and counts only; said: what the table is, in Chinese and English.
    """
    key = f"{phase}-{season}" + ("" if batch is None else f"-b{batch}")
    names = dict.fromkeys(name for row in rows for name in row)  # the UI shows the first row's columns
    table = [{HEADINGS.get(name, name): _cell(row.get(name, "")) for name in names} for row in rows]
    create_table_artifact(key=key.lower(), table=table or [{"结果": "无 nothing"}], description=said)
    if phase in NEXT and batch is not None:
        _link(f"{NEXT[phase]}/{season}-b{batch}", f"{key}-next".lower())


def _cell(value: Any) -> Any:
    """Return a value as an artifact keeps it: days and instants as text."""
    return value if isinstance(value, str | int | float | None) else str(value)


def _link(deployment: str, key: str) -> None:
    """Link to the phase that follows, where it is deployed."""
    with get_client(sync_client=True) as client:
        try:
            following = client.read_deployment_by_name(deployment)
        except ObjectNotFound:
            return
    address = f"{PREFECT_UI_URL.value()}/deployments/deployment/{following.id}"
    create_link_artifact(link=address, link_text=f"下一步 next: {deployment}", key=key)
