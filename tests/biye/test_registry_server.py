"""The registry's stand-in: labelled everywhere, kept across restarts, strict about rows (T4)."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import httpx
import pandas as pd
import pytest

from biye.sandbox.registry_rows import USUAL, Check
from biye.sandbox.registry_server import RegistryServer, serving
from tasks.registry_package import build_photo_package, build_registry_package
from tests.rules.test_registry_fields import graduates

DAY = date(2020, 1, 6)
ID = "999999199003070020"


def people(count: int = 1, **changed: object) -> pd.DataFrame:
    """Graduates whose ID numbers have the right check digit."""
    rows = graduates(count).assign(id_number=ID, number=[f"5116182020060{n:05d}" for n in range(count)])
    return rows.assign(**changed)


def package(folder: Path, rows: pd.DataFrame, photos: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    return build_registry_package(rows, photos, {}, folder / "p.zip", today=DAY).path.read_bytes()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[RegistryServer]:
    with serving(RegistryServer(0, tmp_path / "kept", checks=list(Check))) as server:
        yield server


def answers(server: RegistryServer, key: str) -> dict[str, str]:
    """The results of a package: reason by number."""
    table = pd.read_csv(io.BytesIO(server.store.results(key) or b""), dtype="str", keep_default_na=False)
    return dict(zip(table["ZSBH"], table["BZ"], strict=True))


def test_every_answer_says_that_it_is_a_sandbox(served: RegistryServer, tmp_path: Path) -> None:
    data = package(tmp_path, people())
    with httpx.Client(base_url=served.url, trust_env=False) as client:
        said = [client.put("/packages/1-a", content=data), client.get("/packages/1-a"), client.get("/")]
        said += [client.get("/packages/1-a/results"), client.get("/packages/2-b"), client.get("/nothing")]
        said += [client.put("/packages/3-c", content=b"no zip"), client.put("/packages/1-a", content=b"x")]
    assert [one.status_code for one in said] == [200, 200, 200, 200, 404, 404, 422, 409]
    assert all("演示替身" in one.text and "not CHSI" in one.headers["X-Sandbox"] for one in said)


def test_what_it_took_survives_a_restart_and_is_not_registered_twice(tmp_path: Path) -> None:
    data = package(tmp_path, people(2))
    first = RegistryServer(0, tmp_path / "kept")
    receipt = first.store.accept("1-a", data)
    first.server_close()
    second = RegistryServer(0, tmp_path / "kept")
    assert second.store.receipt_of("1-a") == second.store.accept("1-a", data) == receipt
    second.store.accept("2-b", data)
    assert second.store.registered() == ["511618202006000000", "511618202006000001"]
    assert set(answers(second, "2-b").values()) == {"证书编号已注册"}
    second.server_close()


ROW_FAULTS: list[tuple[dict[str, object], str]] = [
    ({}, ""),
    ({"id_number": ID[:-1] + "1"}, "证件号校验未通过"),
    ({"name": "李䶮"}, "姓名含生僻字"),
    ({"name": ""}, "必填项为空"),
    ({"number": "12"}, "证书编号不是18位数字"),
    ({"sex": "?"}, "性别代码错误"),
    ({"entry_term": "201799"}, "日期错误"),
]


@pytest.mark.parametrize(("changed", "reason"), ROW_FAULTS)
def test_a_row_is_accepted_or_rejected_with_its_reason(
    served: RegistryServer, tmp_path: Path, changed: dict[str, object], reason: str
) -> None:
    rows = people(1, **changed)
    photos = ((str(rows["id_number"][0]), b"\xff\xd8"),)
    served.store.accept("1-a", package(tmp_path, rows, photos))
    assert list(answers(served, "1-a").values()) == [reason]


def test_what_is_not_asked_for_is_not_looked_at(tmp_path: Path) -> None:
    server = RegistryServer(0, tmp_path / "kept", checks=())
    server.store.accept("1-a", package(tmp_path, people(1, id_number=ID[:-1] + "1", name="李䶮")))
    assert list(answers(server, "1-a").values()) == [""]
    assert Check.NO_PHOTO not in USUAL
    server.server_close()


def test_photos_alone_are_taken_for_registered_graduates_only(tmp_path: Path) -> None:  # N7
    server = RegistryServer(0, tmp_path / "kept")
    server.store.accept("1-a", package(tmp_path, people()))
    rows = pd.DataFrame({"number": ["511618202006000000", "9" * 18], "id_number": [ID, "999999199003070039"]})
    built = build_photo_package(rows, [(ID, b"\xff\xd8")], {}, tmp_path / "photos.zip", today=DAY)
    server.store.accept("2-b", built.path.read_bytes())
    assert answers(server, "2-b") == {"511618202006000000": "", "9" * 18: "无此证书编号"}
    server.server_close()


def spoiled(change: Callable[[dict[str, bytes]], object], data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    change(content)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as out:
        for name, part in content.items():
            out.writestr(name, part)
    return written.getvalue()


@pytest.mark.parametrize("lost", ["graduates.dbf", "photos.zip"])
def test_a_package_without_one_of_its_parts_is_no_package(
    served: RegistryServer, tmp_path: Path, lost: str
) -> None:
    data = spoiled(lambda parts: parts.pop(lost), package(tmp_path, people()))
    answer = httpx.put(f"{served.url}/packages/1-a", content=data, trust_env=False)
    assert answer.status_code == 422
    assert served.store.counts() == (0, 0, 0)
