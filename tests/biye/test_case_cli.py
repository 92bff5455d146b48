"""`biye case show` and other pages about a played season, as an operator reads them."""

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import delete, select, update
from typer.testing import CliRunner

from biye.cli import app
from models.certificate import RegistryPackage
from models.columns import table_of
from models.database import migrate, reading, transaction
from models.event import EVENTS
from models.lot import Approval
from models.student import Student
from tasks.package_view import list_packages
from tests.conftest import forget_installation
from tests.played_season import played, played_home  # noqa: F401
from tests.tasks.test_case_view import one_with, personal_data

AS_OF = ("--as-of", "2020-01-21T09:00")
STUDENTS, PACKAGES = table_of(Student), table_of(RegistryPackage)


def biye(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def said(*words: str) -> str:
    done = biye(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def told(*words: str) -> Any:
    return json.loads(said(*words, "--json"))


def looks() -> list[tuple[str, str]]:
    with reading() as db:
        wanted = select(EVENTS.c.actor, EVENTS.c.stream).where(EVENTS.c.kind == "unmasked")
        return list(db.execute(wanted).tuples().all())


@pytest.mark.usefixtures("played")
def test_the_page_answers_why_a_certificate_is_where_it_is():
    page = said("case", "show", one_with(custody="at-centre"), *AS_OF)
    for words in (
        "毕业审核 audit：已审批 approved",
        "证书位置 custody：在学习中心 at-centre",
        "R2 毕业证书办理并发出：按时完成",
        "G3 学生获得毕业证书 自发证日期 from issue：进行中，到期 due 2020-03-20，剩 39 个工作日",
        "次序由 2019-12-02 14:02 收到的毕业审核数据决定：回执 000005",
        "本批审核通过 19 人中第",
        "发证日期 issued 2020-01-20",
        "可查 visible 2020-01-20",
        "条款 clause G0",
        "政策 policy 第 1 版",
        "决定次序 makes the place（N3）",
    ):
        assert words in page


@pytest.mark.usefixtures("played")
def test_the_page_names_what_holds_a_case_and_who_has_to_act():
    page = said("case", "show", one_with(certificate="numbered", visibility="hidden"), *AS_OF)
    assert "缺照片 photo，暂停证书打印 stops certificate（R1）" in page
    assert "责任 owner 110" in page
    assert "暂不可查 hidden：缺照片 no photo" in page
    assert "数据未齐，时钟未开始" in page


@pytest.mark.usefixtures("played")
def test_the_page_of_a_failed_case_says_what_is_lacking_and_what_to_do():
    page = said("case", "show", one_with(audit="failed"), *AS_OF)
    assert "✗ G0-credits 毕业总学分不足：最低" in page
    assert "→ 补足学分后随新成绩参加下一批审核" in page


@pytest.mark.usefixtures("played")
def test_late_workdays_are_counted_in_words():
    page = said("case", "show", one_with(certificate="numbered", visibility="visible"), *AS_OF)
    # 2020-01-19 is a make-up Sunday
    assert "到期 due 2020-01-16，已过 4 个工作日 workdays late" in page


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_page_shows_who_it_is_unless_asked(options: tuple[str, ...]):
    number = one_with(custody="at-centre")
    code = list_packages()[0]["code"]
    pages = [
        said("case", "show", number, *options),
        said("package", "show", code, "--certificates", *options),
        said("approval", "list", "--all", *options),
        said("registry", "list", *options),
        said("submission", "list", *options),
        said("today", *options),
    ]
    with reading() as db:
        everybody = db.execute(select(STUDENTS.c.student_no, STUDENTS.c.name)).all()
    shown = "".join(pages)
    assert not [value for person in everybody for value in person if value in shown]
    assert personal_data(number)[2] not in shown
    assert looks() == []


@pytest.mark.usefixtures("played")
def test_unmasked_is_logged_with_the_name_given_or_the_login_name():
    number = one_with(custody="at-centre")
    for value in personal_data(number):
        assert value in said("case", "show", number, "--unmasked", "--by", "赵查询")
    said("case", "show", number, "--unmasked", "--json")
    assert [actor for actor, _ in looks()][-1] == getpass.getuser()
    assert {actor for actor, _ in looks()} == {"赵查询", getpass.getuser()}


@pytest.mark.usefixtures("played")
def test_a_packages_certificates_are_listed_masked_and_unmasked_on_the_record():
    package = list_packages()[0]
    contents = told("package", "show", package["code"], "--certificates")["contents"]
    assert len(contents) == package["certificates"]
    assert all("*" in one["number"] and "*" in one["student_no"] for one in contents)
    assert looks() == []
    open_ = told("package", "show", package["code"], "--unmasked", "--by", "赵查询")["contents"]
    assert all("*" not in one["number"] + one["student_no"] + one["name"] for one in open_)
    assert looks() == [("赵查询", "package:1")]
    assert "contents" not in told("package", "show", package["code"])


@pytest.mark.usefixtures("played")
def test_packages_for_the_registry_are_listed_with_what_came_back():
    (one,) = told("registry", "list")
    assert (one["rows"], one["accepted"], one["rejected"], one["unanswered"]) == (19, 19, 0, 0)
    assert (one["branch"], one["approval"], one["sent_by"]) == ("110", "approved", "李上报")
    assert told("registry", "list", "--unsent") == told("registry", "list", "--season", "2031-01") == []
    assert told("registry", "list", "--batch", "2") == []
    assert "李上报" in said("registry", "list")


@pytest.mark.usefixtures("played")
def test_today_says_what_was_approved_and_is_still_to_be_sent():
    assert told("today", *AS_OF)["to_send"] == []
    with transaction() as db:
        db.execute(update(PACKAGES).values(sent_at=None, sent_by=None))
    assert [one["id"] for one in told("today", *AS_OF)["to_send"]] == [1]
    assert "biye registry sent 1" in said("today", *AS_OF)
    with transaction() as db:
        db.execute(delete(table_of(Approval)))
    assert told("today", *AS_OF)["to_send"] == [], "what nobody approved is not to be sent"


@pytest.mark.usefixtures("played")
def test_today_and_doctor_name_the_seasons_that_are_there():
    assert told("today")["seasons"] == ["2020-01"]
    assert "2020-01" in said("doctor")


def test_a_new_installation_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BIYE_HOME", str(tmp_path))
    forget_installation()
    assert "已升级 migrated – →" in said("migrate")
    assert "已是最新 up to date" in said("migrate")
    assert "biye season deploy" in said("today")
    done = biye("doctor")
    assert done.exit_code == 0
    assert "! 毕业季与基础数据" in done.stdout
    forget_installation()


def test_verify_exits_1_and_names_the_broken_place(played: Path):  # noqa: F811
    with transaction() as db:
        db.execute(update(EVENTS).where(EVENTS.c.stream == "lot:1", EVENTS.c.seq == 1).values(actor="x"))
    done = biye("verify")
    assert done.exit_code == 1
    assert "✗ lot:1 #1：内容被改动" in done.stdout
    assert "verify-broken" in done.stderr
    answer = biye("verify", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["ok"] is False


@pytest.mark.usefixtures("played")
def test_a_backup_tells_what_it_copied_and_how_to_restore(tmp_path: Path):
    page = said("backup", str(tmp_path / "copy"))
    assert "恢复 to restore" in page
    assert (tmp_path / "copy" / "biye.db").exists()
    assert told("backup", str(tmp_path / "other"))["keys"] == 3


def test_migrate_is_what_other_commands_do_by_themselves(biye_home: Path):
    assert migrate()[0] == migrate()[1]
