"""The student's question: number, name and the last six of the ID, then a timeline that follows the scans."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from biye.web.guard import STUDENT, address_of, keep_cookie
from biye.web.page import page
from rules.clock import now_in_shanghai
from tasks.policy import current_reference
from tasks.student_question import Answer, Question, answer, who_asks
from tasks.web_session import begin_session, case_of, end_session

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=80)]


@router.get("/")
def ask(request: Request) -> Response:
    """Show the form."""
    return page(request, "ask")


@router.post("/")
def asked(request: Request, student_no: Text = "", name: Text = "", id_end: Text = "") -> Response:
    """Let the student in and show where the certificate is; one answer to whatever does not fit."""
    at = now_in_shanghai()
    known = who_asks(Question(student_no, name, id_end), address_of(request), at)
    if known is None:
        return page(request, "ask", {"refused": True}, 403)
    if known.case_id is None:
        return page(request, "no_case")
    response = RedirectResponse("/certificate", 303)
    keep_cookie(response, STUDENT, begin_session(at, case_id=known.case_id))
    return response


@router.get("/certificate")
def certificate(request: Request) -> Response:
    """Show the timeline; who has not said who they are is asked."""
    found = _found(request)
    return page(request, "certificate", {"answer": found}) if found else RedirectResponse("/", 303)


@router.get("/certificate/steps")
def steps(request: Request, seen: str = "") -> Response:
    """Return the timeline alone, for the page that keeps itself up to date; 204: it shows that already."""
    found = _found(request)
    if found is None:
        return Response(status_code=404, headers={"HX-Redirect": "/"})
    if found.digest == seen:
        return Response(status_code=204)
    return page(request, "steps", {"answer": found})


@router.post("/leave")
def leave(request: Request) -> Response:
    """Forget who asked."""
    end_session(request.cookies.get(STUDENT, ""))
    response = RedirectResponse("/", 303)
    response.delete_cookie(STUDENT, path="/", secure=True, httponly=True)
    return response


def _found(request: Request) -> Answer | None:
    at = now_in_shanghai()
    case_id = case_of(request.cookies.get(STUDENT, ""), at)
    return answer(case_id, at, current_reference()) if case_id else None
