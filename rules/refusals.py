"""Every reason why Biye does not take something: code, clause, Chinese, English and remedy in one table.

The family tree of errors decides about retries wherever something retries (task, flow, outbox, sweep):

    BiyeError
    ├── Refused   never again: the input or the request is wrong, a person must act
    ├── Unsent    again: the effect certainly did not happen
    └── Unknown   ask first: the effect may have happened
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class Reason:
    """One refusal: its clause, the sentence for people in both languages, and what to do next.

    `zh` and `en` are format strings over the details that the raiser gives.
    """

    code: str
    clause: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


REASONS: dict[str, Reason] = {}


def register(*reasons: Reason) -> None:
    """Add reasons to the one table; a code used twice is a programming error."""
    for reason in reasons:
        if reason.code in REASONS:
            raise ValueError(f"two refusals share the code {reason.code}")
        REASONS[reason.code] = reason


class BiyeError(Exception):
    """Root of every error that Biye raises on purpose.

    where: details such as file, sheet, row, column, key, value; personal data must be masked by the raiser.
    """

    def __init__(self, code: str, **where: object) -> None:
        """Look the code up in the table; an unknown code is a programming error."""
        self.code = code
        self.reason = REASONS[code]
        self.where = where
        super().__init__(code, where)

    def __reduce__(self) -> tuple[Callable[[], "BiyeError"], tuple[()]]:
        """Say how another process makes the same error again."""
        return partial(type(self), self.code, **self.where), ()

    def text(self, language: str = "zh") -> str:
        """Say what is wrong and what to do, in one line a fact."""
        sentence = self.reason.zh if language == "zh" else self.reason.en
        remedy = self.reason.remedy_zh if language == "zh" else self.reason.remedy_en
        details = _Details(self.where)
        return f"{self.code} · {sentence.format_map(details)}\n{remedy.format_map(details)}"

    def __str__(self) -> str:
        """Both languages, Chinese first."""
        return f"{self.text('zh')}\n{self.text('en')}"


class Refused(BiyeError):
    """Never again: the input or the request is wrong and a person must act."""


class Unsent(BiyeError):
    """Again: the effect certainly did not happen."""


class Unknown(BiyeError):
    """Ask first: the effect may have happened."""


class _Details(dict[str, object]):
    """Details for a format string; one that is missing shows as its name instead of failing."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"
