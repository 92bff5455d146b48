"""What the engine costs, in a process of its own: `python -m bench.engine_side FOLDER TURNS` in BIYE_HOME.

The installation has taken in a small season of many units. The processor seconds of the server count as well.
The answer is one line of JSON: seconds by name, the steps of the phase, the sampled students.
"""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from prefect import Flow, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from bench.biye_side import AT, SEASON, processor_time
from bench.data import SEED
from bench.orm_side import audit_student, decided, store_grades
from bench.plain_audit import Rules
from biye.supervisor import Supervisor, free_port
from flows.audit import audit_batch
from flows.certificate import make_certificates
from models.case import Case
from models.columns import table_of
from models.database import reading
from tasks.audit import audit_lot, branches_to_audit
from tasks.proposal import propose_lots

SAMPLE = 200  # students of whom each has a session, or a task
BATCH = 1


class Sides:
    """Every way to do the same, and the least processor seconds of each."""

    def __init__(self, server: psutil.Process, rules: Rules) -> None:
        """server: Prefect's, whose seconds count as well."""
        self._server, self._rules = server, rules
        self.seconds: dict[str, float] = {}

    def measure(self, name: str, work: Callable[[], Any]) -> Any:
        """Do something and keep its seconds, if they are the least so far."""
        before = processor_time() + self._of_server()
        done = work()
        taken = processor_time() + self._of_server() - before
        self.seconds[name] = min(taken, self.seconds.get(name, taken))
        return done

    def _of_server(self) -> float:
        times = self._server.cpu_times()
        return float(times.user + times.system)

    def students(self, cases: list[int]) -> None:
        """Audit each of some students in a session of its own."""
        found = self.measure("session", lambda: [audit_student(case, self._rules) for case in cases])
        if found != [decided(case) for case in cases]:
            raise ValueError("the audit of single students finds something else")

    def phase(self) -> None:
        """Audit a batch by calling its steps, and by its flow; run another phase that has nothing to do."""
        self.measure("plain", audit_plainly)
        self._flow("flow", audit_batch)
        self._flow("empty", make_certificates)

    def _flow(self, name: str, phase: Flow[..., Any]) -> None:
        ended = self.measure(name, lambda: phase(SEASON, BATCH, as_of=AT, return_state=True))
        if not ended.is_completed():
            raise ValueError(ended.message)

    def tasks(self, cases: list[int]) -> None:
        """Audit each of some students in a task that opens a session."""
        self.measure("task", lambda: audit_each(cases, self._rules))


@task(cache_policy=NO_CACHE, persist_result=False)
def audit_one(case: int, rules: Rules) -> int:
    """Audit one student in a task; returns how much is lacking."""
    return len(audit_student(case, rules))


@flow(persist_result=False)
def audit_each(cases: list[int], rules: Rules) -> None:
    """Audit students, a task for each."""
    for case in cases:
        audit_one(case, rules)


def audit_plainly() -> int:
    """Audit as the flow's steps do, without the engine; returns the number of steps."""
    branches = branches_to_audit(SEASON)
    for branch in branches:
        audit_lot(SEASON, BATCH, branch, AT)
    propose_lots(SEASON, BATCH, AT)
    return len(branches) + 1


def sampled() -> list[int]:
    """Return some cases of the batch."""
    with reading() as db:
        cases = db.scalars(select(table_of(Case).c.id).where(table_of(Case).c.batch == BATCH)).all()
    return sorted(random.Random(SEED).sample(list(cases), SAMPLE))


def main() -> None:
    """Measure all in turn and print what they took."""
    rules, turns = Rules.of(Path(sys.argv[1]) / "reference"), int(sys.argv[2])
    store_grades()
    steps, cases = audit_plainly(), sampled()  # what is measured after this changes nothing
    with Supervisor(free_port()) as engine, temporary_settings({PREFECT_API_URL: engine.url}):
        assert engine.server.process is not None
        sides = Sides(psutil.Process(engine.server.process.pid), rules)
        audit_each([], rules)  # the first flow of a process costs more
        for _ in range(turns):
            sides.phase()
            sides.students(cases)
        sides.tasks(cases)  # once: it takes as long as everything else together
    print(json.dumps({"seconds": sides.seconds, "steps": steps, "students": len(cases)}))


if __name__ == "__main__":
    main()
