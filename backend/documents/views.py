"""Documents as answers: a line, one in full, what a stranger with the code may know. Values in, answers out."""

from api_spec.china_time import day_in_china
from api_spec.messages import documents as m
from backend.documents.document import Entry, Line, spoken
from backend.documents.service import Issued, Verified


def line(entry: Entry) -> m.DocumentLine:
    return m.DocumentLine(
        id=entry.id,
        kind=entry.kind,
        kind_label=entry.kind.zh,
        number=entry.number,
        issued_at=entry.issued_at,
        state=entry.standing.state,
        state_label=entry.standing.state.zh,
        ended_at=entry.standing.ended_at,
        reason=entry.standing.reason,
        fingerprint=spoken(entry.fingerprint),
    )


def view(issued: Issued) -> m.DocumentView:
    said, short = issued.document, line(issued.entry)
    return m.DocumentView(
        **{name: getattr(short, name) for name in short.__struct_fields__},
        title=said.title,
        organ=said.organ,
        issued_on=said.issued_on,
        addressee=said.addressee,
        facts=_labelled(said.facts),
        paragraphs=list(said.paragraphs),
        tables=[
            m.DocumentTable(
                title=table.title, columns=list(table.columns), rows=[list(row) for row in table.rows]
            )
            for table in said.tables
        ],
        closing=list(said.closing),
        basis=list(said.basis),
        remedy=said.remedy,
        contact=_labelled(said.contact),
        replaces=said.replaces,
        link=said.link,
    )


def verification(found: Verified) -> m.Verification:
    """Kind, number, organ, date, item, surname; of a confidential matter only whether it is genuine and valid."""
    entry, said, standing = found.entry, found.document, found.entry.standing
    if entry.confidential:
        return m.Verification(state=standing.state, state_label=standing.state.zh, confidential=True)
    return m.Verification(
        state=standing.state,
        state_label=standing.state.zh,
        confidential=False,
        kind_label=entry.kind.zh,
        number=entry.number,
        organ=said.organ,
        issued_on=said.issued_on,
        item=said.item,
        surname=said.surname,
        fingerprint=spoken(entry.fingerprint),
        ended_on=day_in_china(standing.ended_at) if standing.ended_at else None,
        reason=standing.reason,
        replaced_by=found.replaced_by,
    )


def _labelled(lines: tuple[Line, ...]) -> list[m.LabelledText]:
    return [m.LabelledText(label=each.label, text=each.text) for each in lines]
