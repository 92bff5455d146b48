"""`biye doctor`: what is missing, and how to get it."""

from dataclasses import asdict

import typer

from biye.checkup import Finding, findings
from biye.cli.answers import AsJson, print_json

app = typer.Typer()


@app.command()
def doctor(
    as_json: AsJson = False,
) -> None:
    """检查安装：缺少什么、如何补上 · what is missing, and how to get it."""
    found = list(findings())
    healthy = all(one.ok for one in found if one.required)
    if as_json:
        print_json({"healthy": healthy, "findings": [asdict(one) for one in found]})
    else:
        for one in found:
            typer.echo(_line(one))
        typer.echo(
            "一切就绪 · all that is needed is there"
            if healthy
            else "缺少必需项 · something needed is missing"
        )
    if not healthy:
        raise typer.Exit(1)


def _line(one: Finding) -> str:
    sign = "✓" if one.ok else "✗" if one.required else "!"
    advice = "" if one.ok else f"\n    → {one.remedy}"
    return f"{sign} {one.name}: {one.found}{advice}"
