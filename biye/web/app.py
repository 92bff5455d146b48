"""The web application: one process of it serves what `biye up` and a server in front of it ask for.

uvicorn --factory biye.web.app:create_app
"""

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response

from biye.web import approving, label, login, packages, phones, pickup, scanning, stocktaking, student
from biye.web.guard import guarded
from biye.web.page import HERE, page
from rules.refusals import BiyeError

_VENDORED = {
    "htmx.js": ("htmx.org/dist/htmx.min.js", "text/javascript"),
    "detector.js": ("barcode-detector/dist/iife/ponyfill.js", "text/javascript"),
    "zxing.wasm": ("zxing-wasm/dist/reader/zxing_reader.wasm", "application/wasm"),
}


def create_app() -> FastAPI:
    """Return the application; everything that it knows is in the installation's database."""
    app = FastAPI(title="Biye 毕业", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.middleware("http")(guarded)
    app.add_exception_handler(HTTPException, _not_here)
    app.add_exception_handler(BiyeError, _refused)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for part in (approving, student, label, login, packages, phones, pickup, scanning, stocktaking):
        app.include_router(part.router)
    app.add_api_route("/health", lambda: True, include_in_schema=False)
    app.add_api_route("/vendor/{name}", _vendored, include_in_schema=False)
    # At the root: a service worker serves what lies at or below its own address.
    app.add_api_route("/worker.js", _worker, include_in_schema=False)
    return app


def _refused(request: Request, error: Exception) -> Response:
    """Say what is wrong and what to do, in words."""
    return page(request, "refused", {"said": str(error).splitlines()}, 409)


def _vendored(name: str) -> Response:
    """Serve a script of another project from our own address, as npm brought it."""
    if name not in _VENDORED:
        raise HTTPException(404)
    file, kind = _VENDORED[name]
    return FileResponse(HERE / "node_modules" / file, media_type=kind)


def _worker() -> Response:
    return FileResponse(HERE / "static" / "worker.js", media_type="text/javascript")


def _not_here(request: Request, error: Exception) -> Response:
    """Say that there is no such page: to programs as JSON, to people as a page; nothing tells why."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": "not found" if status == 404 else str(status)}, status)
    return page(request, "missing", status=status)
