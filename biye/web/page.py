"""Pages from templates, and what templates need to say things."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import HTMLResponse

from rules.student_timeline import TITLES

HERE = Path(__file__).parent
_TEMPLATES = Jinja2Templates(directory=HERE / "templates")
_NONE: Mapping[str, Any] = {}
_TEMPLATES.env.globals.update(titles=TITLES)


def page(request: Request, name: str, content: Mapping[str, Any] = _NONE, status: int = 200) -> HTMLResponse:
    """Return a page; names and texts in it are escaped."""
    return _TEMPLATES.TemplateResponse(request, f"{name}.html", dict(content), status_code=status)
