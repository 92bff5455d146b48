"""The command `biye`: one file a noun."""

import importlib
import importlib.util
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

# Noun → its module. Loaded when asked for: a command must not pay for the imports of all others.
NOUNS = {
    "approval": "审批 · approvals",
    "backup": "备份 · copy database, archive and keys",
    "calendar": "工作日历 · workday calendar",
    "case": "毕业个案 · cases of students",
    "certificate": "毕业证书 · certificates",
    "cover": "毕业证封皮征订 · certificate covers",
    "cleanup": "学籍清理 · enrolments past their validity",
    "demo": "演示 · a synthetic season, replayed",
    "doctor": "检查安装 · what is missing, and how to get it",
    "exemption": "免修免考申请 · exemption applications",
    "extension": "学籍延期 · extensions of enrolment validity",
    "migrate": "升级数据库 · bring the database up to date",
    "package": "证书包 · packages",
    "reference": "基础数据 · reference data",
    "registry": "学历电子注册 · registration with CHSI",
    "sandbox": "演示替身 · labelled stand-ins, for trying things out",
    "seal": "合作高校盖章 · partner universities' seals",
    "report": "报表 · reports",
    "season": "毕业季政策 · season policy",
    "stocktake": "盘点 · stocktakes",
    "submission": "上报 · submissions",
    "today": "今日待办 · what is due, late and waiting",
    "up": "启动 · start everything on this machine",
    "urgent": "加急 · urgent cases",
    "user": "账号 · accounts of the web application",
    "worker": "加入多机 · let this machine work for a server elsewhere",
    "verify": "核验 · is what is recorded still as it was recorded",
}
_OF_THE_WHOLE = ("install_completion", "show_completion")


class _Nouns(TyperGroup):
    """The nouns as commands, each imported only when it is used."""

    _listing = False

    def list_commands(self, _ctx: Any) -> list[str]:
        """Name all nouns that this installation has."""
        return [noun for noun in sorted(NOUNS) if importlib.util.find_spec(f"biye.cli.{noun}")]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load one noun's commands."""
        if cmd_name not in self.list_commands(ctx):
            return None
        if self._listing:
            return TyperCommand(cmd_name, help=NOUNS[cmd_name])
        found = typer.main.get_command(importlib.import_module(f"biye.cli.{cmd_name}").app)
        found.name, found.help = cmd_name, NOUNS[cmd_name]
        found.params = [one for one in found.params if one.name not in _OF_THE_WHOLE]
        return found

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """List all nouns without loading them."""
        self._listing = True
        super().format_help(ctx, formatter)
        self._listing = False

    def invoke(self, ctx: Any) -> Any:
        """Run a command; whatever it refuses is told in one place."""
        from biye.cli.answers import refusals_told

        with refusals_told():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Nouns, no_args_is_help=True, help="毕业 Biye：毕业季运行系统 · runs graduation seasons"
)


@app.callback()
def biye() -> None:
    """毕业 Biye：毕业季运行系统 · runs a university's graduation seasons."""


def main() -> None:
    """Run the command line."""
    app()
