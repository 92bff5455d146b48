"""A running site over an installation of its own: packages on their way, accounts, and who asks."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pyotp
import uvicorn
from sqlalchemy import update

from biye.supervisor import free_port
from biye.web.app import create_app
from biye.web.guard import STAFF
from models.custody import Package
from models.database import transaction
from models.keys import encrypt_ids
from rules.accounts import Role
from rules.clock import now_in_shanghai
from tasks.account import add_account
from tasks.custody import dispatch_lot
from tasks.packing import pack_lot
from tasks.policy import load_reference
from tests.printed_lots import PACKED, SHIPPED, STUDENT, printed_lot, rows_of, shipped_reference, student_no
from tests.rules.policy_packs import january_2020

EAST, WEST = "1100201", "1100301"
ACCOUNTS = {
    "packing": (Role.HQ_PROPOSER, "010"),
    "approver": (Role.HQ_APPROVER, "010"),
    "branch110": (Role.BRANCH, "110"),
    "branch120": (Role.BRANCH, "120"),
    "east": (Role.CENTRE, EAST),
    "west": (Role.CENTRE, WEST),
    "auditor": (Role.AUDITOR, "010"),
    "admin": (Role.ADMINISTRATOR, "010"),
}
ID_END = "00002X"


class Site:
    """A running site, its packages, and browsers: accounts are made and signed in when first asked for."""

    def __init__(self, url: str, codes: list[str], tokens: list[str]) -> None:
        self.url, self.codes, self.tokens = url, codes, tokens
        self._secrets: dict[str, str] = {}
        self._cookies: dict[str, str] = {}
        self.open = ExitStack()

    def browser(self, account: str = "") -> httpx.Client:
        """A client that behaves as a page of the site, signed in as an account."""
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        client = self.open.enter_context(httpx.Client(base_url=self.url, headers=headers))
        if account:
            client.headers["Cookie"] = f"{STAFF}={self.signed_in(account)}"
        return client

    def signed_in(self, account: str) -> str:
        """The token of an account's session."""
        if account not in self._cookies:
            answer = self.browser().post("/login", data=self.credentials(account))
            assert answer.status_code == 303, answer.text
            self._cookies[account] = answer.cookies[STAFF]
        return self._cookies[account]

    def credentials(self, account: str) -> dict[str, str]:
        """What somebody types to sign in; the code counts once."""
        if account not in self._secrets:
            role, unit = ACCOUNTS[account]
            made = account, role, unit, password_of(account), now_in_shanghai(), "安装者"
            self._secrets[account] = add_account(*made, shipped_reference()).totp_secret
        code = pyotp.TOTP(self._secrets[account]).now()
        return {"name": account, "password": password_of(account), "code": code}


def password_of(account: str) -> str:
    return f"correct horse {account} staple"


def lot_on_its_way() -> None:
    """Two packages of one lot that left HQ: two certificates for the eastern centre, one for the western."""
    load_reference(SHIPPED, PACKED)
    lot = printed_lot([EAST, WEST, EAST])
    with transaction() as db:
        cipher = encrypt_ids([f"999999199003{ID_END}"])[0]
        db.execute(update(STUDENT).values(id_cipher=cipher))
    pack_lot(lot, PACKED, january_2020())
    dispatch_lot(lot, PACKED, shipped_reference())


@contextmanager
def served() -> Iterator[str]:
    """The site on a free port, in this process; its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://localhost:{port}"
    server.should_exit = True
    thread.join()


@contextmanager
def running_site() -> Iterator[Site]:
    """A site whose installation has packages on their way."""
    lot_on_its_way()
    packages = rows_of(Package)
    with served() as url:
        site = Site(url, [one["code"] for one in packages], [one["token"] for one in packages])
        with site.open:
            yield site


def question(serial: int = 1, **changed: str) -> dict[str, str]:
    """What the nth student types."""
    name = f"张{'甲乙丙丁戊己庚辛'[serial % 8]}"
    return {"student_no": student_no(serial), "name": name, "id_end": ID_END} | changed
