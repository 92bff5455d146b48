"""A season from the first byte to the registry's rows, and a smaller one beside it to see how it grows."""

from collections.abc import Callable, Mapping

from rich.table import Table

from bench.figure import Figure, Row
from bench.measure import Measured, measure, remember
from bench.proof import Proof, prove

MOST_MEMORY = 1536  # MB
ROWS = (
    Row("intake", "接收成绩（含全部检查）", "DuckDB reads the same files as text", 4.5),
    Row("audit", "毕业审核（逐条说明）", "DuckDB GROUP BY sum over the same Parquet", 2.5),
    Row("decisions", "写入审核结论", "the driver writes the same rows", 2),
    Row("numbers", "证书编号", "the driver writes the same rows", 2),
    Row("registry", "写入注册数据", "the driver writes the same rows", 4),
)
UNBOUND = {"people": "接收学籍、审核、颁证数据", "package": "生成注册包（含写入）"}


def figures(students: int, turns: int, tell: Callable[[object], None]) -> list[Figure]:
    """Measure a season of so many students, and one of a tenth (of a fifth below half a million)."""
    part = 10 if students >= 500_000 else 5
    proofs: list[Proof] = []
    smaller = measure(students // part, turns, tell, alone=True)
    larger = measure(students, turns, tell, look=lambda *of: proofs.append(prove(*of)))
    remember(larger)
    tell(seconds_table(larger))
    proofs[0].tell(tell)
    ratios = [Figure(row, larger.biye[row.name] / larger.plain[row.name]) for row in ROWS]
    return [
        *ratios,
        pandas(larger),
        *growth(part, smaller.biye, larger.biye),
        *memory(smaller.peak, larger.peak),
        *proofs[0].figures(),
    ]


def pandas(larger: Measured) -> Figure:
    """Compare with the pandas program, over the files of the units that it took in."""
    beside = f"the same checks in plain pandas, {larger.rows['pandas']:,} of {larger.rows['intake']:,} rows"
    row = Row("intake-pandas", "接收成绩（同样的检查）", beside, 4, "higher")
    return Figure(row, larger.plain["pandas"] / larger.biye["pandas"])


def growth(part: int, smaller: Mapping[str, float], larger: Mapping[str, float]) -> list[Figure]:
    """Compare how each thing grows with `part` times the students; a tenth more than that is allowed."""
    said = f"{part} × as many students"
    return [
        Figure(
            Row(f"growth-{row.name}", f"{row.zh}：增长", said, part * 1.1),
            larger[row.name] / smaller[row.name],
        )
        for row in ROWS
    ]


def memory(smaller: int, larger: int) -> list[Figure]:
    """Compare the peaks, in bytes, of all processes of Biye together."""
    peak = Row("memory", "内存峰值", "of all processes", MOST_MEMORY, unit="MB")
    grown = Row("growth-memory", "内存峰值：增长", "the smaller season", 1.3)
    return [Figure(peak, larger / (1 << 20)), Figure(grown, larger / smaller)]


def seconds_table(measured: Measured) -> Table:
    """Return what both sides took."""
    table = Table(title=f"{measured.students} 名学生 students")
    for heading in ("项目 what", "行数 rows", "Biye CPU s", "对照 plain CPU s", "Biye s", "对照 plain s"):
        table.add_column(heading, justify="left" if heading.startswith("项目") else "right")
    sides = (measured.biye, measured.plain, measured.biye_wall, measured.plain_wall)
    for name in (name for name in measured.biye if " " not in name):
        rows = measured.rows.get(name, measured.rows["registry"])
        said = f"{name} {UNBOUND[name]}" if name in UNBOUND else name
        table.add_row(said, f"{rows:,}", *(f"{side[name]:.2f}" if name in side else "" for side in sides))
    return table
