"""What a bench promises: a bound for each thing that Biye does to whole sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_GROWTH = 5.5  # times the work for five times the students
MOST_MEMORY = 1 << 30


@dataclass(frozen=True)
class Bound:
    """What is measured, beside what, and how many times as long it may take."""

    name: str
    zh: str
    beside: str
    times: float


BOUNDS = (
    Bound("intake", "接收成绩（含全部检查）", "DuckDB reads the same files as text", 10),
    Bound("audit", "毕业审核（逐条说明）", "DuckDB GROUP BY sum over the same Parquet", 5),
    Bound("decisions", "写入审核结论", "the driver writes the same rows", 4),
    Bound("numbers", "证书编号", "the driver writes the same rows", 4),
    Bound("registry", "写入注册数据", "the driver writes the same rows", 4),
)
UNBOUND = {"people": "接收学籍、审核、颁证数据", "package": "生成注册包（含写入）"}


@dataclass(frozen=True)
class Finding:
    """One bound against what was measured."""

    name: str
    zh: str
    found: float
    bound: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the bound holds."""
        return self.found <= self.bound


def findings(biye: Mapping[str, float], plain: Mapping[str, float], peak: int) -> list[Finding]:
    """Compare seconds of both sides, and the memory in bytes, with the bounds."""
    ratios = [
        Finding(one.name, f"{one.zh} ÷ {one.beside}", biye[one.name] / plain[one.name], one.times, "×")
        for one in BOUNDS
    ]
    memory = Finding("memory", "内存峰值 peak memory", peak / (1 << 20), MOST_MEMORY / (1 << 20), "MB")
    return [*ratios, memory]


def growth(smaller: Mapping[str, float], larger: Mapping[str, float]) -> list[Finding]:
    """Compare how each thing grows from a fifth of the students to all."""
    return [
        Finding(f"growth-{one.name}", f"{one.zh}：人数 ×5 five times the students",
                larger[one.name] / smaller[one.name], MOST_GROWTH, "×")
        for one in BOUNDS
    ]  # fmt: skip


def all_met(found: Sequence[Finding]) -> bool:
    """Whether every bound holds."""
    return all(one.met for one in found)
