"""How an errand moves: the whole table, and the township's real paths through it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from api_spec.errors import ErrorCode
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import ErrandAction as A
from api_spec.vocabulary import ErrandState as S
from api_spec.vocabulary import MaterialStatus, Partner, Relation, Role
from backend.actors import Actor
from backend.faults import Fault
from backend.proxy import history
from backend.proxy.conditions import WHENS, When
from backend.proxy.errand import Errand, Event, EventFacts, terms_of
from backend.proxy.machine import EDGES, Command, can, step
from backend.register.event_chain import ChainBroken
from tests.proxy.office import (
    CENTRE,
    CENTRE_DEPARTMENT,
    CITIZEN,
    CLERK,
    NODE,
    NOON,
    POWER,
    STOP_WATER,
    TENANT,
    TODAY,
    VILLAGE,
    WATER,
    WINDOW,
    citizen,
    item,
    mandate_terms,
    staff,
)

ME = citizen()


def errand(state: S | None = None, **more: object) -> Errand:
    """An errand for water with everything in order."""
    ready = Errand(
        id="e" * 32,
        tenant_id=TENANT,
        department_id=CENTRE_DEPARTMENT,
        village_id=VILLAGE,
        owner_id=CITIZEN,
        terms=terms_of(item(), ""),
        state=state,
        mandate=mandate_terms(),
        sharing=Partner.WATER,
        paper="WT-001",
        stood=S.TAKEN,
        batch="YJ-0001",
    )
    return replace(ready, **more)  # type: ignore[arg-type]


def facts_for(role: Role) -> EventFacts:
    """Everything any edge may ask for, as this role brings it."""
    own = role in {Role.CITIZEN, Role.AGENT}
    return EventFacts(
        mandate=mandate_terms(SigningMethod.ELECTRONIC if own else SigningMethod.WET_INK),
        sharing=Partner.WATER,
        sharing_version="1",
        paper="WT-002",
        reference="水-889",
        batch="YJ-0001",
        papers_returned=True,
    )


def somebody(role: Role) -> Actor:
    return Actor(
        id=CITIZEN,
        roles=frozenset({role}),
        tenant_id=TENANT,
        department_id=CENTRE_DEPARTMENT,
        village_id=VILLAGE,
        partner=Partner.WATER,
    )


def move(
    one: Errand, action: A, by: Actor, *, note: str = "", facts: EventFacts | None = None
) -> tuple[Errand, Event]:
    decided = step(one, Command(action=action, note=note, facts=facts or EventFacts()), by, today=TODAY)
    event = history.event(one, decided, actor_id=by.id, at=NOON)
    return history.applied(one, event), event


@pytest.mark.parametrize(("state", "action"), list(product([None, *S], A)))
def test_every_move_is_decided_for_every_role(state: S | None, action: A) -> None:
    edge = EDGES.get((state, action))
    for role in Role:
        one, actor = errand(state), somebody(role)
        command = Command(action=action, note="说明", facts=facts_for(role))
        if edge is not None and role in edge.by:
            assert step(one, command, actor, today=TODAY).after is (edge.to or S.TAKEN)
            assert action in can(one, actor, today=TODAY)
            continue
        with pytest.raises(Fault) as refused:
            step(one, command, actor, today=TODAY)
        expected = ErrorCode.ACTION_NOT_ALLOWED if edge is None else ErrorCode.NOT_YOUR_ACTION
        assert refused.value.code is expected
        assert action not in can(one, actor, today=TODAY)


def test_every_open_state_can_move_and_a_closed_one_only_takes_notes() -> None:
    for state in S:
        leads_on = {edge.to for (start, _), edge in EDGES.items() if start is state} - {state}
        assert bool(leads_on) is (state not in {S.DONE, S.ENDED})


Path = Sequence[tuple[A, Actor, EventFacts]]
OWN_CONSENTS = facts_for(Role.CITIZEN)
ON_PAPER = facts_for(Role.WINDOW)
NOTHING = EventFacts()


@pytest.mark.parametrize(
    ("path", "end"),
    [
        pytest.param(
            [
                (A.REQUEST, ME, NOTHING),
                (A.CONSENT, ME, OWN_CONSENTS),
                (A.TAKE, WINDOW, NOTHING),
                (A.HAND_OVER, CENTRE, EventFacts(batch="YJ-0001")),
                (A.RECEIVE, WATER, EventFacts(reference="水-1")),
                (A.COMPLETE, WATER, EventFacts(reference="水-2")),
            ],
            S.DONE,
            id="the straight way",
        ),
        pytest.param(
            [
                (A.REQUEST, NODE, NOTHING),
                (A.CONSENT, CLERK, ON_PAPER),
                (A.TAKE, CLERK, NOTHING),
                (A.HAND_OVER, WINDOW, EventFacts(batch="YJ-0002")),
                (A.SUSPEND, WATER, NOTHING),
                (A.RESUME, WATER, NOTHING),
                (A.COMPLETE, WINDOW, NOTHING),
            ],
            S.DONE,
            id="by the village, suspended by the partner",
        ),
        pytest.param(
            [(A.REQUEST, ME, NOTHING), (A.END, ME, NOTHING)], S.ENDED, id="taken back before any consent"
        ),
        pytest.param(
            [
                (A.REQUEST, WINDOW, NOTHING),
                (A.CONSENT, WINDOW, ON_PAPER),
                (A.TAKE, WINDOW, EventFacts(materials={"id": MaterialStatus.PRESENT})),
                (A.SUSPEND, WINDOW, NOTHING),
                (A.END, WINDOW, EventFacts(papers_returned=True)),
            ],
            S.ENDED,
            id="ended with the papers returned",
        ),
    ],
)
def test_the_real_paths_lead_where_they_should(path: Path, end: S) -> None:
    blank = replace(errand(), mandate=None, sharing=None, paper="", stood=None, batch="")
    one, events = blank, list[Event]()
    for action, by, facts in path:
        one, event = move(one, action, by, note="说明", facts=facts)
        events.append(event)
    assert one.state is end
    assert history.rebuild(blank, events) == one


def test_resuming_leads_back_to_where_it_was_suspended() -> None:
    for state in (S.TAKEN, S.SUBMITTED_TO_PARTNER):
        suspended, _ = move(errand(state), A.SUSPEND, CENTRE, note="等开发票")
        resumed, _ = move(suspended, A.RESUME, CENTRE)
        assert resumed.state is state


def test_the_mandate_alone_is_not_enough_to_pass_data_on() -> None:
    only_mandate = EventFacts(mandate=mandate_terms())
    with pytest.raises(Fault) as refused:
        move(errand(S.REQUESTED), A.CONSENT, ME, facts=only_mandate)
    assert [wrong.field for wrong in refused.value.wrong] == ["sharing"]


def test_consent_for_another_partner_is_no_consent() -> None:
    facts = EventFacts(mandate=mandate_terms(), sharing=Partner.POWER, sharing_version="1")
    with pytest.raises(Fault) as refused:
        move(errand(S.REQUESTED), A.CONSENT, ME, facts=facts)
    assert [wrong.field for wrong in refused.value.wrong] == ["sharing"]


def test_the_consent_alone_is_no_mandate() -> None:
    facts = EventFacts(sharing=Partner.WATER, sharing_version="1")
    with pytest.raises(Fault) as refused:
        move(errand(S.REQUESTED), A.CONSENT, ME, facts=facts)
    assert [wrong.field for wrong in refused.value.wrong] == ["mandate"]


@pytest.mark.parametrize(("by", "method"), [(WINDOW, SigningMethod.ELECTRONIC), (ME, SigningMethod.WET_INK)])
def test_only_the_applicant_signs_electronically_and_only_so(by: Actor, method: SigningMethod) -> None:
    facts = EventFacts(
        mandate=mandate_terms(method), sharing=Partner.WATER, sharing_version="1", paper="WT-3"
    )
    with pytest.raises(Fault) as refused:
        move(errand(S.REQUESTED), A.CONSENT, by, facts=facts)
    assert "mandate.method" in {wrong.field for wrong in refused.value.wrong}


@pytest.mark.parametrize("days", [-1, 400])
def test_a_mandate_neither_ends_in_the_past_nor_lasts_for_ever(days: int) -> None:
    until = TODAY + timedelta(days=days)
    facts = EventFacts(mandate=mandate_terms(valid_until=until), sharing=Partner.WATER, sharing_version="1")
    with pytest.raises(Fault) as refused:
        move(errand(S.REQUESTED), A.CONSENT, ME, facts=facts)
    assert [wrong.field for wrong in refused.value.wrong] == ["mandate.valid_until"]


def test_an_ended_mandate_stops_the_errand_until_it_is_given_anew() -> None:
    old = mandate_terms(valid_until=TODAY - timedelta(days=1), valid_from=TODAY - timedelta(days=9))
    stale = errand(S.TAKEN, mandate=old)
    with pytest.raises(Fault) as refused:
        move(stale, A.HAND_OVER, CENTRE, facts=EventFacts(batch="YJ-1"))
    assert refused.value.code is ErrorCode.MANDATE_REQUIRED
    renewed, _ = move(stale, A.CONSENT, ME, facts=OWN_CONSENTS)
    assert move(renewed, A.HAND_OVER, CENTRE, facts=EventFacts(batch="YJ-1"))[0].state


def test_a_village_clerk_may_pass_on_only_what_the_mandate_lets_them() -> None:
    bound = mandate_terms(SigningMethod.WET_INK, relation=Relation.VILLAGE_CLERK)
    free = mandate_terms(SigningMethod.WET_INK, relation=Relation.VILLAGE_CLERK, redelegable=True)
    with pytest.raises(Fault) as refused:
        move(errand(S.CONSENTED, mandate=bound), A.TAKE, CENTRE)
    assert refused.value.facts["reason"] == "no_redelegation"
    assert move(errand(S.CONSENTED, mandate=bound), A.TAKE, CLERK)[0].state is S.TAKEN
    assert move(errand(S.CONSENTED, mandate=free), A.TAKE, CENTRE)[0].state is S.TAKEN


def test_stopping_water_waits_for_a_paper_signed_by_hand() -> None:
    online = errand(S.TAKEN, terms=terms_of(STOP_WATER, "stop"), paper="")
    with pytest.raises(Fault) as refused:
        move(online, A.HAND_OVER, CENTRE, facts=EventFacts(batch="YJ-1"))
    assert refused.value.code is ErrorCode.WET_INK_REQUIRED
    signed, _ = move(online, A.REGISTER_PAPER, WINDOW, facts=EventFacts(paper="SQ-7"))
    assert move(signed, A.HAND_OVER, CENTRE, facts=EventFacts(batch="YJ-1"))[0].batch == "YJ-1"


def test_turning_the_water_on_again_needs_no_ink() -> None:
    assert not terms_of(STOP_WATER, "resume").needs_ink


def test_what_needs_the_person_says_so() -> None:
    online = errand(S.TAKEN, terms=terms_of(item(in_person=True), ""), paper="")
    with pytest.raises(Fault) as refused:
        move(online, A.HAND_OVER, CENTRE, facts=EventFacts(batch="YJ-1"))
    assert refused.value.code is ErrorCode.IN_PERSON_ONLY


@pytest.mark.parametrize("action", [A.COMPLETE, A.END])
def test_nothing_closes_while_money_is_held(action: A) -> None:
    with pytest.raises(Fault) as refused:
        move(errand(S.SUBMITTED_TO_PARTNER, held_fen=1), action, CENTRE, note="说明")
    assert refused.value.code is ErrorCode.MONEY_NOT_BALANCED


@pytest.mark.parametrize("by", [ME, WINDOW])
def test_an_end_gives_the_papers_back(by: Actor) -> None:
    holding = errand(S.TAKEN, materials={"id": MaterialStatus.PRESENT})
    with pytest.raises(Fault) as refused:
        move(holding, A.END, by, note="不办了")
    assert [wrong.field for wrong in refused.value.wrong] == ["papers_returned"]
    assert move(holding, A.END, by, note="不办了", facts=EventFacts(papers_returned=True))[0].state is S.ENDED


def test_a_partner_signs_once() -> None:
    facts = EventFacts(reference="水-2")
    with pytest.raises(Fault) as refused:
        move(errand(S.SUBMITTED_TO_PARTNER, received=True), A.RECEIVE, WATER, facts=facts)
    assert refused.value.code is ErrorCode.ACTION_NOT_ALLOWED


@pytest.mark.parametrize(
    "stranger",
    [
        POWER,
        citizen("9" * 32),
        staff(Role.WINDOW, department="9" * 32),
        staff(Role.VILLAGE_CLERK, village="9" * 32),
        staff(Role.CENTRE_STAFF, tenant="9" * 32),
        staff(Role.WINDOW),
    ],
)
def test_other_places_have_no_say(stranger: Actor) -> None:
    for state in S:
        assert can(errand(state), stranger, today=TODAY) == ()


def test_a_partner_has_no_say_before_it_was_given_the_errand() -> None:
    assert can(errand(S.SUSPENDED, batch=""), WATER, today=TODAY) == ()


def test_a_reason_is_more_than_blanks() -> None:
    with pytest.raises(Fault) as refused:
        move(errand(S.TAKEN), A.SUSPEND, CENTRE, note="  ")
    assert refused.value.code is ErrorCode.NOTE_REQUIRED


def test_an_altered_event_breaks_the_chain() -> None:
    blank = replace(errand(), mandate=None, sharing=None, paper="", stood=None, batch="")
    one, asked = move(blank, A.REQUEST, ME)
    _, consented = move(one, A.CONSENT, ME, facts=OWN_CONSENTS)
    forged = replace(consented, facts=ON_PAPER)
    with pytest.raises(ChainBroken):
        history.rebuild(blank, [asked, forged])
    with pytest.raises(ChainBroken):
        history.rebuild(blank, [consented])


def test_every_condition_has_a_judge() -> None:
    assert set(WHENS) == set(When)
