"""Reads the forms of errands: commands, mandates, money, and whole requests. Pure; the errand's machine judges them."""

from datetime import date
from typing import Final

from api_spec.answers import money_fen
from api_spec.catalogue import SITUATION, Item
from api_spec.problems import BadInput
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import Channel, ErrandAction, MoneyMove, Partner, Relation
from backend.console.commands import Fields, line, materials, note, value_of
from backend.console.intake_form import Desk, Pairs, read_answers, read_applicant, read_day
from backend.proxy.service import Command, ErrandRequest, EventFacts, Mandate, Move, Sharing

PAPER_METHODS: Final = (SigningMethod.WET_INK, SigningMethod.FINGERPRINT)
_SEPARATORS: Final = str.maketrans({",": "、", "，": "、", " ": "、"})


def read_errand_command(action: ErrandAction, fields: Fields) -> Command:
    """The command as filled in; what is missing stays empty, and the machine tells so."""
    return Command(
        action=action,
        note=note(fields),
        facts=EventFacts(
            materials=materials(fields) if action is ErrandAction.TAKE else {},
            paper=line(fields, "paper"),
            reference=line(fields, "reference"),
            papers_returned=fields.get("papers_returned") == "yes",
        ),
    )


def read_mandate(fields: Fields, *, centre: str, scope: str, today: date) -> Mandate:
    """A 委托书 on paper; without another name the agent is the centre.

    Args:
        scope: the matter, where the form does not ask for it.
    """
    witnesses = fields.get("mandate.witnesses", "").translate(_SEPARATORS).split("、")
    return Mandate(
        agent_name=line(fields, "mandate.agent_name") or centre,
        relation=value_of(Relation, fields.get("mandate.relation", "")) or Relation.ENTRUSTED,
        scope=scope,
        valid_from=today,
        valid_until=read_day(fields.get("mandate.valid_until", "")),
        redelegable=fields.get("mandate.redelegable") == "yes",
        method=value_of(SigningMethod, fields.get("mandate.method", "")) or SigningMethod.WET_INK,
        witnesses=tuple(name for each in witnesses if (name := each.strip())),
    )


def read_sharing(fields: Fields, partner: Partner, version: int) -> Sharing | None:
    """The separate consent, if its box is ticked; `version` is that of the words on the page."""
    return Sharing(partner, str(version)) if fields.get("sharing") == "yes" else None


def read_move(fields: Fields) -> Move:
    """Money as typed in yuan; what is no amount is 0, which the ledger refuses."""
    return Move(
        rid=fields.get("rid", ""),
        move=value_of(MoneyMove, fields.get("move", "")) or MoneyMove.TAKEN,
        amount_fen=read_fen(fields.get("amount", "")) or 0,
        partner_receipt=line(fields, "partner_receipt"),
        note=line(fields, "note"),
    )


def read_fen(text: str) -> int | None:
    """Yuan as typed; None where it is no amount."""
    try:
        return money_fen(text, None, None)
    except BadInput:
        return None


def read_request(
    item: Item,
    pairs: Pairs,
    desk: Desk,
    *,
    rid: str,
    mandate: Mandate | None,
    sharing: Sharing | None,
) -> ErrandRequest:
    """An errand as typed at the window; nothing is judged here, so that every mistake is told at once."""
    fields = dict(reversed(pairs))
    return ErrandRequest(
        tenant_id=desk.clerk.tenant_id,
        item=item,
        pack_sha=desk.pack_sha,
        situation=fields.get(SITUATION, ""),
        applicant=read_applicant(fields),
        mandate=mandate,
        sharing=sharing,
        paper=line(fields, "paper"),
        answers=read_answers(item, pairs, fields),
        materials=materials(fields),
        channel=value_of(Channel, fields.get("channel", "")) or Channel.WINDOW,
        filed_by=desk.clerk,
        rid=rid,
        received_at=desk.at,
    )
