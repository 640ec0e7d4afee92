"""What a client of citizens offers to choose from, with the office's own words: none keeps a copy of them."""

from api_spec.messages.base import Answer


class ChoiceLine(Answer, frozen=True, kw_only=True):
    """A value as the API takes it, and what people read."""

    value: str
    label: str


class Choices(Answer, frozen=True, kw_only=True):
    """In the order they are offered.

    Args:
        document_types: what one may prove with who one is.
        relations: on what ground a citizen may file for somebody else (民法典 161-165).
        complaint_subjects: what a complaint may be about.
        review_levels: the five levels, the best first.
        window_types: what the hall has windows for.
        material_forms: how a paper is to be brought.
        data_wishes: what one may ask for about one's own data (个人信息保护法 46-48).
    """

    document_types: list[ChoiceLine]
    relations: list[ChoiceLine]
    complaint_subjects: list[ChoiceLine]
    review_levels: list[ChoiceLine]
    window_types: list[ChoiceLine]
    material_forms: list[ChoiceLine]
    data_wishes: list[ChoiceLine]


class HelpLine(Answer, frozen=True, kw_only=True):
    question: str
    answer: str


class Help(Answer, frozen=True, kw_only=True):
    """What people often ask, and words they often search for: each finds something."""

    common_words: list[str]
    questions: list[HelpLine]
