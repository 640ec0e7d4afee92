"""Handing out a result in the village: who came, when, which document was looked at, what proves it."""

from aiohttp import web

from api_spec.vocabulary import Relation, Term
from village_node.desk.follow_ups import Visit
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Refusal
from village_node.web.forms import Miswritten, form_id_of, note_of
from village_node.web.lines import find_line


class Seen(Term):
    """Which document the clerk looked at."""

    ID_CARD = "id_card", "身份证"
    HOUSEHOLD = "household", "户口簿"
    SLIP = "slip", "收件回执"
    KNOWN = "known", "本人熟识，另有见证人"


class Proof(Term):
    """What proves that the result was handed over."""

    SLIP = "slip", "在领取回执上签名"
    LIST = "list", "在纸质签收表上签名"
    FINGERPRINT = "fingerprint", "按指印，有见证人"


async def hand_out(request: web.Request) -> web.Response:
    """Keep it here and tell the township; sent twice it is one record."""
    here = station(request)
    line = await find_line(here, request.match_info["rid"])
    if line is None:
        raise Refusal(*NOT_FOUND)
    typed = dict(await edge.pairs(request))
    by = next((each for each in Relation if each.value == typed.get("by")), None)
    seen = next((each for each in Seen if each.value == typed.get("seen")), None)
    proof = next((each for each in Proof if each.value == typed.get("proof")), None)
    receiver = note_of(typed.get("receiver", ""), 50) or (line.applicant if by is Relation.SELF else "")
    if by is None or seen is None or proof is None or not receiver:
        missing = {
            "by": "" if by else "请选谁来领的。",
            "receiver": "" if receiver or by in {None, Relation.SELF} else "请填领取人姓名。",
            "seen": "" if seen else "请选核对了什么。",
            "proof": "" if proof else "请选怎么签收的。",
        }
        raise Miswritten("result", list(typed.items()), missing)
    where = note_of(typed.get("where", ""), 100)
    words = f"{receiver}（{by.zh}）领取，核对{seen.zh}，{proof.zh}" + (f"，{where}" if where else "")
    await here.follow_ups.visit(
        line.rid,
        Visit.RESULT,
        rid=form_id_of(typed),
        words=words,
        clerk=edge.clerk(request),
        made=here.clock.stamp((await here.journal.contact()).offset_ms),
        about=line.case.state if line.case else "",
    )
    here.loop.wake()
    return edge.go(f"/cases/{line.rid}?out=1")
