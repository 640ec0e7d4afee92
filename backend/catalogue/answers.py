"""Items and drafts as the API tells them: codes for programs, words for people. Pure."""

from collections.abc import Iterable

from api_spec.catalogue import Item
from api_spec.messages.catalogue import (
    DraftCard,
    DraftView,
    FindingNote,
    ImportResult,
    ItemCard,
    ItemGuide,
    ListWarning,
    TownshipCard,
    VillageCard,
)
from backend.catalogue.validator import Finding
from backend.catalogue.values import Draft, Imported, ListImported, Shelf
from backend.pages_env import fee_word, limit_text


def card(item: Item) -> ItemCard:
    return ItemCard(
        id=item.id,
        code=item.code,
        name=item.name,
        plain_words=item.plain_words,
        window=item.window.value,
        window_word=item.window.zh,
        kind=item.kind.value,
        kind_word=item.kind.zh,
        promise=limit_text(item.promise),
        fee=fee_word(item.fee),
        village=item.village.value,
        village_word=item.village.zh,
    )


def guide(item: Item, shelf: Shelf) -> ItemGuide:
    return ItemGuide(
        item=item,
        card=card(item),
        statutory=limit_text(item.statutory) if item.statutory else "",
        windows=[window.number for window in shelf.pack.windows if window.type is item.window],
        in_person_word=_presence(item),
    )


def township(shelf: Shelf) -> TownshipCard:
    return TownshipCard(
        id=shelf.tenant.id,
        name=shelf.tenant.name,
        centre_name=shelf.tenant.centre_name,
        hall_name=shelf.tenant.hall_name,
        complaint_phone=shelf.tenant.complaint_phone,
        pack=shelf.packed.sha,
        windows=shelf.pack.windows,
        departments=shelf.pack.departments,
        partners=shelf.pack.partners,
        villages=[
            VillageCard(id=each.id, code=each.code, name=each.name, kind_word=each.kind.zh)
            for each in shelf.villages
        ],
    )


def draft_card(draft: Draft) -> DraftCard:
    return DraftCard(
        id=draft.item.id,
        code=draft.item.code,
        name=draft.item.name,
        version=draft.item.version,
        published_version=draft.published_version,
        needs_confirmation=draft.item.illustrative,
        confirmed_by=draft.confirmed_name,
        findings=notes(draft.findings),
    )


def draft_view(draft: Draft) -> DraftView:
    return DraftView(item=draft.item, card=draft_card(draft))


def notes(findings: Iterable[Finding]) -> list[FindingNote]:
    return [
        FindingNote(
            item_code=each.item_code,
            rule=each.rule.value,
            severity=each.severity.value,
            field=each.field,
            sentence=each.sentence,
        )
        for each in findings
    ]


def import_result(done: Imported | ListImported) -> ImportResult:
    items = done if isinstance(done, Imported) else Imported()
    listed = done if isinstance(done, ListImported) else ListImported(name="", added=0, entries=())
    return ImportResult(
        added=list(items.added),
        changed=list(items.changed),
        unchanged=list(items.unchanged),
        list_name=listed.name,
        list_lines=len(listed.entries),
        list_lines_added=listed.added,
        list_warnings=[
            ListWarning(line=entry.line, code=entry.code, warnings=[each.zh for each in entry.warnings])
            for entry in listed.entries
            if entry.warnings
        ],
    )


def _presence(item: Item) -> str:
    if item.in_person:
        return "须本人到场办理"
    return "申请书须本人亲笔签名" if item.wet_ink else ""
