"""Files fetched over HTTP from a real server that cuts, lies, refuses and dawdles (R1, T1)."""

import base64
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models.database import reading
from models.event import EVENTS
from models.settings import settings
from rules.refusals import BiyeError, Refused, Unsent
from rules.sources import Source
from rules.submission import Kind
from tasks import download as downloading
from tasks.pull import Pulled, pull, source_names, sources
from tasks.submission_view import list_submissions, show_submission
from tests.file_server import FileServer, hex_digest, offering
from tests.played_season import SEASON, at
from tests.submitted import csv_file
from tests.taken_in import OPEN, roster_row

ROSTER = csv_file("roster", *(roster_row(student_no=f"17110012{n:05d}") for n in range(9, 60)))
TOKEN = "a-secret-of-110"


@pytest.fixture
def server(enrolled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setattr(downloading, "_PAUSE", 0.01)
    monkeypatch.setattr(settings(), "pull_seconds", 20.0)
    with offering(ROSTER) as server:
        yield server


def source(server: FileServer, **more: str) -> Source:
    return Source(name="one", branch="110", kind=Kind.ROSTER, url=server.url, **more)  # type: ignore[arg-type]


def pulled(server: FileServer, **more: str) -> Pulled:
    return pull(source(server, **more), SEASON, OPEN)


def failure_of(server: FileServer, **more: str) -> BiyeError:
    """What is raised; and nothing was received."""
    before = len(list_submissions())
    with pytest.raises(BiyeError) as failed:
        pulled(server, **more)
    assert len(list_submissions()) == before
    return failed.value


def test_a_file_is_received_whole_under_its_own_name(server: FileServer) -> None:
    got = pulled(server)
    seen = show_submission(got.receipt)
    assert got.new
    assert (seen.sha256, seen.filename, seen.branch) == (hex_digest(ROSTER), "roster.csv", "110")
    assert seen.received_at == OPEN


def test_a_cut_connection_goes_on_where_it_broke_and_only_with_the_same_file(server: FileServer) -> None:
    server.cut_after = [1000, 500]
    assert show_submission(pulled(server).receipt).sha256 == hex_digest(ROSTER)
    asked = [(one.get("range"), one.get("if-range")) for one in server.asked]
    assert asked == [(None, None), ("bytes=1000-", '"v1"'), ("bytes=1500-", '"v1"')]


def test_a_file_that_changed_meanwhile_is_fetched_anew(server: FileServer) -> None:
    def change() -> None:
        server.data, server.etag = ROSTER + ROSTER.split(b"\r\n")[1], '"v2"'
        server.more = {"X-Checksum-SHA256": hex_digest(server.data)}

    server.cut_after, server.before_resume = [1000], change
    server.more = {"X-Checksum-SHA256": hex_digest(ROSTER)}
    assert show_submission(pulled(server).receipt).sha256 == hex_digest(server.data)


def test_without_an_etag_a_broken_file_is_begun_again(server: FileServer) -> None:
    server.etag, server.cut_after = "", [1000]
    assert show_submission(pulled(server).receipt).sha256 == hex_digest(ROSTER)
    assert "range" not in server.asked[1]


def test_a_connection_that_always_breaks_may_be_tried_again(server: FileServer) -> None:
    server.etag, server.cut_after = "", [10] * 50
    failed = failure_of(server)
    assert (type(failed), failed.code) == (Unsent, "pull-cut")


def base64_of(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@pytest.mark.parametrize(
    ("name", "form"),
    [("Repr-Digest", "sha-256=:{}:"), ("Digest", "SHA-256={}"), ("Digest", "md5=x,SHA-256={}")],
)
def test_a_checksum_is_verified_before_anything_is_received(server: FileServer, name: str, form: str) -> None:
    server.more = {name: form.format(base64_of(b"another file"))}
    assert failure_of(server).code == "pull-checksum"
    server.more = {name: form.format(base64_of(ROSTER))}
    assert pulled(server).new


@pytest.mark.parametrize("lie", ["0" * 64, "nonsense"])
def test_a_lying_checksum_in_hex_is_refused(server: FileServer, lie: str) -> None:
    server.more = {"X-Checksum-SHA256": lie}
    failed = failure_of(server)
    assert isinstance(failed, Refused)
    assert failed.code in ("pull-checksum", "pull-answer")


@pytest.mark.parametrize(
    ("status", "family", "code"),
    [
        (401, Refused, "pull-status"),
        (404, Refused, "pull-status"),
        (302, Refused, "pull-status"),
        (500, Unsent, "pull-busy"),
        (503, Unsent, "pull-busy"),
        (429, Unsent, "pull-busy"),
    ],
)
def test_an_answer_says_whether_trying_again_can_help(
    server: FileServer, status: int, family: type[BiyeError], code: str
) -> None:
    server.status = status
    failed = failure_of(server)
    assert (type(failed), failed.code) == (family, code)
    assert str(status) in str(failed)


def test_a_server_that_is_not_there_may_be_asked_again(server: FileServer) -> None:
    gone = Source(name="gone", branch="110", kind=Kind.ROSTER, url="http://127.0.0.1:1/a.csv")
    with pytest.raises(Unsent, match="pull-unreachable"):
        pull(gone, SEASON, OPEN)


def test_the_time_of_a_call_is_limited_however_slowly_bytes_trickle(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.dawdle = 0.05
    monkeypatch.setattr(settings(), "pull_seconds", 0.4)
    started = time.monotonic()
    assert failure_of(server).code == "pull-slow"
    assert time.monotonic() - started < 2


def test_a_file_over_its_cap_is_refused_before_it_is_read(server: FileServer) -> None:
    server.more = {"content-length": str((50 << 20) + 1)}
    assert failure_of(server).code == "file-over-cap"


def test_half_a_file_can_never_pass_for_a_whole_one(server: FileServer) -> None:
    server.more = {"content-length": "", "Connection": "close"}
    assert failure_of(server).code == "pull-answer"


def test_an_unchanged_file_is_not_sent_again_nor_received_again(server: FileServer) -> None:
    first = pulled(server)
    assert pulled(server) == Pulled(first.receipt, new=False)
    assert server.asked[-1]["if-none-match"] == '"v1"'
    server.etag = '"v2"'  # the same bytes under another tag
    assert pulled(server) == Pulled(first.receipt, new=False)
    assert len(list_submissions(kind="roster", branch="110")) == 1
    assert not pulled(server).new
    assert server.asked[-1]["if-none-match"] == '"v2"'


def test_a_token_goes_with_the_request_and_nowhere_else(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.token = TOKEN
    assert "401" in str(failure_of(server))
    monkeypatch.setenv("TOKEN_OF_110", TOKEN)
    receipt = pulled(server, token_env="TOKEN_OF_110").receipt
    with reading() as db:
        events = db.execute(select(EVENTS).where(EVENTS.c.stream == f"submission:{receipt}")).all()
    assert [event.kind for event in events] == ["received", "pulled"]
    assert events[1].data == {"source": "one", "host": "127.0.0.1", "checksum": False}


def test_a_token_of_a_file_is_its_owners_alone(server: FileServer, enrolled: Path) -> None:
    server.token, file = TOKEN, enrolled / "keys" / "110.token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o644)
    assert failure_of(server, token_file="keys/110.token").code == "pull-token"
    file.chmod(0o600)
    assert pulled(server, token_file="keys/110.token").new


@pytest.mark.parametrize(
    "more", [{"token_env": "NOT_SET_ANYWHERE"}, {"token_file": "keys/none.token"}], ids=str
)
def test_a_token_that_is_not_there_is_told_before_anybody_is_asked(
    server: FileServer, more: dict[str, str]
) -> None:
    assert failure_of(server, **more).code == "pull-token"
    assert server.asked == []


LISTED = """sources:
  - {name: roster-110, branch: 110, kind: 学籍信息, url: "https://files.example/roster.csv"}
  - {name: grades, branch: "120", kind: practice, url: "https://files.example/g.csv", season: 2020-07,
     token_env: GRADES_TOKEN}
"""


def test_the_list_of_sources_names_kinds_in_chinese_too_and_each_its_season(enrolled: Path) -> None:
    assert sources() == ()
    (enrolled / "sources.yaml").write_text(LISTED, encoding="utf-8")
    assert [(one.branch, one.kind) for one in sources()] == [("110", "roster"), ("120", "practice")]
    assert source_names(SEASON, at("2019-12-01T09:00")) == ["roster-110"]
    assert source_names("2020-07", at("2019-12-01T09:00")) == ["grades"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("https://files.example/roster.csv", "http://files.example/roster.csv", "HTTPS"),
        ("https://files.example/roster.csv", "https://me:pass-word@files.example/r.csv", "sources.0.url"),
        ("https://files.example/roster.csv", "https://files.example/r.csv?token=pass-word", "sources.0.url"),
        ("学籍信息", "nonsense", "sources.0.kind"),
        ("name: grades", "name: roster-110", "sources"),
        ("token_env", "token", "sources.1.token"),
    ],
)
def test_a_wrong_list_names_every_wrong_place_and_repeats_no_secret(
    enrolled: Path, old: str, new: str, named: str
) -> None:
    (enrolled / "sources.yaml").write_text(LISTED.replace(old, new), encoding="utf-8")
    with pytest.raises(Refused, match="sources-invalid") as refused:
        sources()
    assert named in str(refused.value)
    assert "pass-word" not in str(refused.value)
