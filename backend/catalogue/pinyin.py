"""Syllables of Chinese words, written into items and synonyms once: nobody needs a dictionary later."""

from collections.abc import Iterable, Mapping

import msgspec

from api_spec.catalogue import Item, Synonym


def spell(text: str) -> str:
    """Syllables without tones, parted by spaces: 低保 gives "di bao"; what is not Chinese is left out.

    The dictionary is imported here because that takes a third of a second, and only imports of items need it.
    """
    from pypinyin import Style, lazy_pinyin

    return " ".join(lazy_pinyin(text, style=Style.NORMAL, errors="ignore"))


def with_pinyin(item: Item) -> Item:
    return msgspec.structs.replace(item, pinyin=tuple(spell(name) for name in (item.name, *item.aliases)))


def spelled(synonyms: Mapping[str, Iterable[str]]) -> tuple[Synonym, ...]:
    return tuple(
        Synonym(word=word, means=tuple(means), pinyin=spell(word)) for word, means in synonyms.items()
    )
