"""The counter of a study centre: who fetches, what was looked at, what the student says; hand-over (N5)."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from biye.web.guard import only
from biye.web.page import page
from rules.accounts import Act
from rules.bearer import Bearer, Shown
from rules.certificate_problem import FIELDS
from rules.clock import now_in_shanghai
from rules.refusals import BiyeError, Refused
from tasks.hand_over import hand_over, latest_season, refuse_certificate
from tasks.pickup_code import is_pickup_code
from tasks.policy import current_reference, season_pack
from tasks.web_session import Visitor

router = APIRouter(include_in_schema=False)
Counter = Annotated[Visitor, Depends(only(Act.HAND_OVER))]
_FOUND = "领取时发现有误"


@dataclass
class AtCounter:
    """What the counter's form says. wrong: a field that the student finds wrong; later: the record unseen."""

    student_no: Annotated[str, Form(max_length=20)] = ""
    code: Annotated[str, Form(max_length=10)] = ""
    identity: Annotated[bool, Form()] = False
    delegate: Annotated[bool, Form()] = False
    authorisation: Annotated[bool, Form()] = False
    wrong: Annotated[str, Form(max_length=40)] = ""
    found: Annotated[str, Form(max_length=200)] = ""
    later: Annotated[bool, Form()] = False


@router.get("/hand-over")
def counter(request: Request, visitor: Counter) -> Response:
    """Show the counter's form."""
    return _page(request, visitor)


@router.post("/hand-over")
def give(request: Request, visitor: Counter, said: Annotated[AtCounter, Depends()]) -> Response:
    """Hand over, or open a problem with what the student found wrong; a refusal is told beside the form."""
    try:
        zh, en = _given(said, visitor)
    except BiyeError as refusal:
        return _page(request, visitor, refused=str(refusal).splitlines(), status=409)
    return _page(request, visitor, told=(zh, en))


def _given(said: AtCounter, visitor: Visitor) -> tuple[str, str]:
    number, at = said.student_no.strip(), now_in_shanghai()
    pack = season_pack(latest_season(number))
    if said.wrong:
        found = said.found.strip() or _FOUND
        refuse_certificate(number, [said.wrong], found, visitor.unit, at, visitor.name, pack)
        return (
            "已登记证书有误，交总部处理；证书暂不发放。",
            "The problem is noted; it is not handed over yet.",
        )
    coded = bool(said.code.strip())
    if coded and not is_pickup_code(said.code, number, pack.season, at):
        raise Refused("N5-pickup-code")
    bearer = Bearer.DELEGATE if said.delegate else Bearer.STUDENT
    shown = Shown(bearer, said.identity, coded, said.authorisation)
    done = hand_over(number, visitor.unit, at, visitor.name, pack, record_later=said.later, shown=shown)
    return done.sentence, done.sentence_en


def _page(
    request: Request,
    visitor: Visitor,
    told: tuple[str, ...] = (),
    refused: list[str] | None = None,
    status: int = 200,
) -> Response:
    unit = current_reference().tree.said(visitor.unit)
    fields = [field.zh for field in FIELDS.values()]
    content = {"visitor": visitor, "unit": unit, "fields": fields, "told": told, "refused": refused or ()}
    return page(request, "pickup", content, status)
