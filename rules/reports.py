"""What registrars' reports are asked with, and why one is refused (G2, N5)."""

from dataclasses import dataclass
from datetime import datetime

from rules.reference import Reference
from rules.refusals import Reason, register
from rules.season import Pack

register(
    Reason(
        "report-unknown",
        "G2",
        "没有报表 {name}；可用：{allowed}",
        "there is no report {name}; there are: {allowed}",
        "运行 biye report list 查看全部报表。",
        "Run biye report list.",
    ),
    Reason(
        "report-off",
        "G1",
        "{season} 毕业季没有“{title}”这项业务。",
        "season {season} has nothing that the report {name} is about.",
        "政策包未列此项；如应有，请补充政策包后重新部署（biye season deploy）。",
        "The policy pack leaves it out; if it belongs there, add it and run biye season deploy.",
    ),
    Reason(
        "report-needs",
        "G2",
        "报表“{title}”须指明 {option}。",
        "the report {name} needs {option}.",
        "用 {option} 指明名单编号（biye approval list）或学号。",
        "Give {option}: a lot (biye approval list) or a student number.",
    ),
    Reason(
        "report-folder",
        "G2",
        "不能写入 {place}：{why}",
        "{place} cannot be written: {why}",
        "请用 --out 或 --picture 指明可写的位置。",
        "Name a place that can be written with --out or --picture.",
    ),
    Reason(
        "report-nobody",
        "G2",
        "报表“{title}”：{season} 毕业季没有 {what}。",
        "the report {name}: season {season} has no {what}.",
        "请核对编号、学号或分部代码。",
        "Check the lot, the student number or the branch's code.",
    ),
)


@dataclass(frozen=True)
class Asked:
    """What a report is asked with. branch: "" for all; lot, student: for the forms of one of them."""

    pack: Pack
    reference: Reference
    as_of: datetime
    branch: str = ""
    lot: int = 0
    student: str = ""

    @property
    def season(self) -> str:
        """Return the season's id."""
        return self.pack.season

    @property
    def units(self) -> dict[str, str]:
        """Return how lists name units: code and name."""
        names = self.reference.tree.names
        return {code: f"{code} {name}" for code, name in names.items()}
