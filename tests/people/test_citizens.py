"""Citizens: one person, one account, one document; sealed in the database, masked on screens."""

import asyncio

import pytest

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType, Partner, Role
from backend import db
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.faults import Fault
from backend.ids import new_id
from backend.people.lockout import FREE_TRIES
from backend.people.service import People
from backend.wechat.values import MiniSession, PhoneNumber, WebIdentity
from tests.people.conftest import (
    NOON,
    TENANT,
    Phones,
    SignIn,
    code_of,
    consented,
    identified,
    later,
    number_of,
)


async def sign_in_web(people: People, phones: Phones, openid: str, unionid: str | None) -> Actor:
    phones.web[openid] = WebIdentity(openid, unionid, snapshot=False)
    signed_in = await people.sign_in_web(openid, tenant_id=TENANT, at=NOON)
    return people.authenticate(signed_in.access_token, NOON)


async def test_a_citizen_signs_in_to_the_township_they_visit(citizen: SignIn) -> None:
    actor, _ = await citizen()
    assert actor.roles == {Role.CITIZEN}
    assert actor.tenant_id == TENANT
    assert actor.name == ""


async def test_a_wechat_code_is_good_once(people: People, phones: Phones) -> None:
    phones.sessions["once"] = MiniSession("oMini-1", "key", None)
    await people.sign_in_mini_program("once", tenant_id=None, at=NOON)
    again = people.sign_in_mini_program("once", tenant_id=None, at=NOON)
    assert await code_of(again) is ErrorCode.WECHAT_CODE_INVALID


async def test_a_township_that_is_not_there_is_refused_before_the_code_is_spent(
    people: People, phones: Phones
) -> None:
    phones.sessions["once"] = MiniSession("oMini-1", "key", None)
    elsewhere = people.sign_in_mini_program("once", tenant_id=new_id(), at=NOON)
    assert await code_of(elsewhere) is ErrorCode.NOT_FOUND
    assert "once" in phones.sessions


async def test_the_same_openid_is_the_same_citizen(people: People, citizen: SignIn) -> None:
    del people
    first, _ = await citizen("oMini-1")
    again, _ = await citizen("oMini-1")
    other, _ = await citizen("oMini-2")
    assert first.id == again.id != other.id


async def test_a_unionid_joins_the_mini_program_and_the_web_page(
    people: People, citizen: SignIn, phones: Phones
) -> None:
    mini, _ = await citizen("oMini-1", "union-1")
    web = await sign_in_web(people, phones, "oWeb-1", "union-1")
    assert web.id == mini.id
    assert await people.citizens.openids(mini.id) == [("wxMini", "oMini-1"), ("wxWeb", "oWeb-1")]


async def test_a_unionid_learned_later_joins_as_well(people: People, citizen: SignIn, phones: Phones) -> None:
    mini, _ = await citizen("oMini-1", None)
    await citizen("oMini-1", "union-1")
    assert (await sign_in_web(people, phones, "oWeb-1", "union-1")).id == mini.id


async def test_an_openid_of_one_account_is_nobody_in_the_other(
    people: People, citizen: SignIn, phones: Phones
) -> None:
    mini, _ = await citizen("o-same", None)
    assert (await sign_in_web(people, phones, "o-same", None)).id != mini.id


async def test_a_throw_away_identity_is_not_let_in(people: People, phones: Phones) -> None:
    phones.web["snap"] = WebIdentity("oWeb-snap", None, snapshot=True)
    assert await code_of(people.sign_in_web("snap", tenant_id=None, at=NOON)) is ErrorCode.WECHAT_CODE_INVALID


async def test_eight_first_sign_ins_at_once_make_one_citizen(people: People, phones: Phones) -> None:
    for n in range(8):
        phones.sessions[f"m{n}"] = MiniSession("oMini-1", "key", "union-1" if n % 2 else None)
        phones.web[f"w{n}"] = WebIdentity("oWeb-1", "union-1", snapshot=False)
    # A phone without a unionid and a web page have nothing in common; so the joined ones come first.
    await people.sign_in_mini_program("m1", tenant_id=None, at=NOON)
    await asyncio.gather(
        *(people.sign_in_mini_program(f"m{n}", tenant_id=None, at=NOON) for n in (0, 2, 3, 4, 5, 6, 7)),
        *(people.sign_in_web(f"w{n}", tenant_id=None, at=NOON) for n in range(8)),
    )
    assert len(await db.rows("SELECT id FROM citizen")) == 1


async def test_strangers_who_sign_in_at_once_stay_apart_and_nobody_twice(
    people: People, phones: Phones
) -> None:
    for n in range(8):
        phones.sessions[f"m{n}"] = MiniSession(f"oMini-{n % 2}", "key", f"union-{n % 2}")
    await asyncio.gather(*(people.sign_in_mini_program(f"m{n}", tenant_id=None, at=NOON) for n in range(8)))
    assert len(await db.rows("SELECT id FROM citizen")) == 2


async def test_a_phone_verified_by_wechat_is_kept_and_shown_masked(
    people: People, citizen: SignIn, phones: Phones
) -> None:
    actor, _ = await citizen()
    phones.numbers["tap"] = PhoneNumber("13800000001", "86")
    view = await people.bind_phone(actor, "tap")
    assert (view.masked_phone, view.phone_verified) == ("138****0001", True)
    assert await code_of(people.bind_phone(actor, "tap")) is ErrorCode.WECHAT_CODE_INVALID
    phones.numbers["abroad"] = PhoneNumber("91234567", "852")
    await people.bind_phone(actor, "abroad")
    assert (await people.citizens.own(actor.id)).phone == "+85291234567"


async def test_a_typed_phone_counts_as_verified_only_if_it_is_the_verified_one(
    people: People, citizen: SignIn, phones: Phones
) -> None:
    actor, _ = await citizen()
    phones.numbers["tap"] = PhoneNumber("13800000001", "86")
    await people.bind_phone(actor, "tap")
    await people.citizens.set_contact(actor.id, phone="138 0000 0001", address=None)
    assert (await people.citizen(actor.id)).phone_verified
    await people.citizens.set_contact(actor.id, phone="0734-4331234", address="三都镇某村1组")
    view = await people.citizen(actor.id)
    assert (view.masked_phone, view.phone_verified, view.has_address) == ("0734-****234", False, True)
    await people.citizens.set_contact(actor.id, phone=None, address="")
    assert not (await people.citizen(actor.id)).has_address
    bad = people.citizens.set_contact(actor.id, phone="12345", address=None)
    assert await code_of(bad) is ErrorCode.FORM_INVALID


async def test_identity_needs_consent_first(people: People, citizen: SignIn) -> None:
    actor, _ = await citizen()
    assert await code_of(identified(people, actor, number_of(1))) is ErrorCode.CONSENT_MISSING
    assert await code_of(people.applicant_of(actor.id)) is ErrorCode.IDENTITY_MISSING


@pytest.mark.parametrize("prefix", ["432830", "430427", "439003", "430481"])
async def test_numbers_of_all_four_local_prefixes_are_kept(
    people: People, citizen: SignIn, prefix: str
) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    await identified(people, actor, number_of(1, prefix), name="欧阳某某")
    own = await people.applicant_of(actor.id)
    assert (own.name, own.document_number) == ("欧阳某某", number_of(1, prefix))
    view = await people.citizen(actor.id)
    assert view.masked_name == "欧阳**"
    assert view.masked_document == f"{prefix[:3]}***********{number_of(1, prefix)[-4:]}"


async def test_one_number_is_one_document_however_it_is_typed(people: People, citizen: SignIn) -> None:
    with_x = next(number for n in range(1000) if (number := number_of(n)).endswith("X"))
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in with_x.lower())
    actor, _ = await citizen("oMini-1")
    other, _ = await citizen("oMini-2")
    for each in (actor, other):
        await consented(people, each)
    await identified(people, actor, full_width)
    assert (await people.citizens.own(actor.id)).document_number == with_x
    assert await code_of(identified(people, other, with_x.lower())) is ErrorCode.IDENTITY_TAKEN
    await identified(people, actor, f" {with_x[:6]} {with_x[6:]}")


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (DocumentType.PASSPORT, "E12345678"),
        (DocumentType.HM_PERMIT, "H12345678"),
        (DocumentType.TW_PERMIT, "12345678"),
    ],
)
async def test_other_documents_are_kept_too(
    people: People, citizen: SignIn, kind: DocumentType, number: str
) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    await people.citizens.set_identity(
        actor, name="A. Nobody", document_type=kind, document_number=number, at=NOON
    )
    own = await people.applicant_of(actor.id)
    assert (own.document_type, own.document_number, own.name) == (kind, number, "A· Nobody")


async def test_all_faults_of_an_identity_are_told_at_once(people: People, citizen: SignIn) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    with pytest.raises(Fault) as refusal:
        await identified(people, actor, "430481190001010019", name="3")
    assert refusal.value.code is ErrorCode.IDENTITY_INVALID
    assert [(wrong.field, wrong.code) for wrong in refusal.value.wrong] == [
        ("name", "too_short"),
        ("document_number", "id_check"),
    ]
    assert refusal.value.facts == {}


@pytest.mark.parametrize("kind", [DocumentType.HUKOU, DocumentType.CREDIT_CODE])
async def test_a_paper_that_is_no_persons_document_is_refused(
    people: People, citizen: SignIn, kind: DocumentType
) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    with pytest.raises(Fault) as refusal:
        await people.citizens.set_identity(
            actor, name="某先生", document_type=kind, document_number="1", at=NOON
        )
    assert [wrong.field for wrong in refusal.value.wrong] == ["document_type"]


async def test_a_child_below_fourteen_is_entered_by_a_guardian(people: People, citizen: SignIn) -> None:
    from api_spec.identity_number import check_character

    actor, _ = await citizen()
    await consented(people, actor)

    def born(day: str) -> str:
        return f"430481{day}001" + check_character(f"430481{day}001")

    with pytest.raises(Fault) as refusal:
        await identified(people, actor, born("20120411"))
    assert [wrong.code for wrong in refusal.value.wrong] == ["guardian_needed"]
    await identified(people, actor, born("20120410"))


async def test_of_eight_who_claim_one_document_at_once_one_gets_it(people: People, citizen: SignIn) -> None:
    actors = [(await citizen(f"oMini-{n}"))[0] for n in range(8)]
    for actor in actors:
        await consented(people, actor)
    # Half of them have a document already, so that both the first entry and the change race.
    for n, actor in enumerate(actors[:4]):
        await identified(people, actor, number_of(100 + n))
    results = await asyncio.gather(
        *(identified(people, actor, number_of(1)) for actor in actors), return_exceptions=True
    )
    refusals = [result for result in results if isinstance(result, Fault)]
    assert [fault.code for fault in refusals] == [ErrorCode.IDENTITY_TAKEN] * 7
    assert [result for result in results if result is None] == [None]
    assert all(fault.facts == {} for fault in refusals)


async def test_nobody_can_ask_through_whose_numbers_have_accounts(people: People, citizen: SignIn) -> None:
    owner, _ = await citizen("oMini-1")
    asker, _ = await citizen("oMini-2")
    for each in (owner, asker):
        await consented(people, each)
    await identified(people, owner, number_of(1))
    answers = [await code_of(identified(people, asker, number_of(1))) for _ in range(FREE_TRIES + 1)]
    assert answers == [ErrorCode.IDENTITY_TAKEN] * FREE_TRIES + [ErrorCode.TOO_MANY_REQUESTS]


async def test_a_citizen_may_correct_a_document_and_frees_the_old_one(
    people: People, citizen: SignIn
) -> None:
    first, _ = await citizen("oMini-1")
    second, _ = await citizen("oMini-2")
    for each in (first, second):
        await consented(people, each)
    await identified(people, first, number_of(1))
    await identified(people, first, number_of(2))
    await identified(people, second, number_of(1))
    assert (await people.citizens.own(first.id)).document_number == number_of(2)


async def test_nothing_personal_lies_in_the_database_in_the_clear(people: People, citizen: SignIn) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    await identified(people, actor, number_of(1), name="某女士")
    await people.citizens.set_contact(actor.id, phone="13800000001", address="三都镇某村1组")
    stored = repr(
        [
            await db.rows("SELECT * FROM citizen"),
            await db.rows("SELECT * FROM citizen_document"),
            await db.rows("SELECT * FROM audit_log"),
        ]
    )
    for secret in (number_of(1), "某女士", "13800000001", "三都镇某村"):
        assert secret not in stored
        assert secret.encode().hex() not in stored
        assert repr(secret.encode())[2:-1] not in stored


async def test_a_full_number_is_read_for_a_reason_and_leaves_a_row(
    people: People, citizen: SignIn, audit: Audit
) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    await identified(people, actor, number_of(1))
    clerk = Actor(id=new_id(), roles=frozenset({Role.WINDOW}), tenant_id=TENANT)
    got = await people.reveal(actor.id, actor=clerk, reason="核对 低保申请 身份", at=later(minutes=1))
    assert got == number_of(1)
    [row] = [row for row in await audit.latest(TENANT) if row.action is AuditAction.READ_IDENTITY]
    assert (row.actor_id, row.subject_kind, row.subject_id) == (clerk.id, "citizen", actor.id)
    assert row.reason == "核对 低保申请 身份"
    assert number_of(1) not in repr(row)


@pytest.mark.parametrize("reason", ["", "   ", "看看", "x" * 201, "\udcff\udcff\udcff\udcff", "a\x00bcd"])
async def test_without_a_reason_nothing_is_read(
    people: People, citizen: SignIn, audit: Audit, reason: str
) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    await identified(people, actor, number_of(1))
    clerk = Actor(id=new_id(), roles=frozenset({Role.WINDOW}), tenant_id=TENANT)
    asked = people.reveal(actor.id, actor=clerk, reason=reason, at=NOON)
    assert await code_of(asked) is ErrorCode.REASON_REQUIRED
    assert all(row.action is not AuditAction.READ_IDENTITY for row in await audit.latest(TENANT))


@pytest.mark.parametrize("role", list(Role))
async def test_full_numbers_are_for_the_posts_that_need_them(
    people: People, citizen: SignIn, role: Role
) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    await identified(people, actor, number_of(1))
    reader = Actor(id=new_id(), roles=frozenset({role}), tenant_id=TENANT)
    asked = people.reveal(actor.id, actor=reader, reason="核对身份信息", at=NOON)
    needs = {"village_clerk", "window", "group_leader", "back_office", "partner", "superior"}
    if role.value in needs:
        assert await asked == number_of(1)
    else:
        assert await code_of(asked) is ErrorCode.NOT_ALLOWED


async def test_a_consent_points_to_the_version_that_was_read(people: People, citizen: SignIn) -> None:
    actor, _ = await citizen()
    outdated = people.citizens.give_consent(
        actor.id,
        ConsentPurpose.SERVICE,
        version=2,
        partner=None,
        channel=Channel.WEB,
        at=NOON,
    )
    assert await code_of(outdated) is ErrorCode.NOTICE_OUTDATED
    assert await people.citizens.consents(actor.id) == []


async def test_a_consent_given_twice_is_one_consent(people: People, citizen: SignIn) -> None:
    actor, _ = await citizen()
    await asyncio.gather(*(consented(people, actor) for _ in range(4)))
    [only] = await people.citizens.consents(actor.id)
    assert (only.purpose, only.version, only.given_at) == (ConsentPurpose.SENSITIVE, 1, NOON)


async def test_every_partner_is_consented_to_apart(people: People, citizen: SignIn) -> None:
    actor, _ = await citizen()

    async def share(partner: Partner | None) -> None:
        await people.citizens.give_consent(
            actor.id,
            ConsentPurpose.PARTNER_SHARING,
            version=1,
            partner=partner,
            channel=Channel.WEB,
            at=NOON,
        )

    async def shares(partner: Partner) -> None:
        await people.require_consent(actor.id, ConsentPurpose.PARTNER_SHARING, partner=partner, at=NOON)

    await share(Partner.WATER)
    await shares(Partner.WATER)
    assert await code_of(shares(Partner.POWER)) is ErrorCode.CONSENT_MISSING
    assert await code_of(share(None)) is ErrorCode.FORM_INVALID


async def test_without_the_consent_the_document_is_deleted_and_free_again(
    people: People, citizen: SignIn
) -> None:
    actor, _ = await citizen("oMini-1")
    other, _ = await citizen("oMini-2")
    for each in (actor, other):
        await consented(people, each)
    await identified(people, actor, number_of(1))
    [given] = await people.citizens.consents(actor.id)
    foreign = people.citizens.withdraw_consent(other.id, given.id, at=NOON)
    assert await code_of(foreign) is ErrorCode.NOT_FOUND
    await people.citizens.withdraw_consent(actor.id, given.id, at=later(days=1))
    [ended] = await people.citizens.consents(actor.id)
    assert ended.ended_at == later(days=1)
    assert (await people.citizens.own(actor.id)).document_number == ""
    again = people.citizens.withdraw_consent(actor.id, given.id, at=later(days=1))
    assert await code_of(again) is ErrorCode.NOT_FOUND
    assert await code_of(identified(people, actor, number_of(1))) is ErrorCode.CONSENT_MISSING
    await identified(people, other, number_of(1))
    await consented(people, actor, at=later(days=2))
    assert len(await people.citizens.consents(actor.id)) == 2


async def test_an_export_holds_everything_and_leaves_a_row(
    people: People, citizen: SignIn, audit: Audit
) -> None:
    actor, _ = await citizen()
    await consented(people, actor)
    await identified(people, actor, number_of(1), name="某女士")
    own, consents = await people.citizens.export(actor, at=NOON)
    assert (own.name, own.document_number, len(consents)) == ("某女士", number_of(1), 1)
    assert (await audit.latest(TENANT))[0].action is AuditAction.EXPORT


async def test_a_citizen_who_is_not_there_is_not_found(people: People) -> None:
    assert await code_of(people.citizen(new_id())) is ErrorCode.NOT_FOUND
