"""Photos on the page: one to look at, one just taken, and how those of a case stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from api_spec.errors import ErrorCode
from village_node.desk import photo_slots
from village_node.desk.photo_slots import MANDATE, MATERIAL, PHOTO, REFUSED
from village_node.photos.photo_links import NEEDS_A_HAND, THERE, CasePhoto, PhotoState
from village_node.photos.photos import Photos
from village_node.photos.pictures import Refused
from village_node.photos.uploading import MOVING, UNREADABLE
from village_node.web import edge, photo_form
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal

_IMAGES: Final = frozenset({"image/jpeg", "image/png"})
_SUFFIX: Final = {"image/tiff": "tiff", "application/pdf": "pdf"}
_AGAIN: Final = "请重新拍一张，在“补交材料”里交。"
_WHY: Final = {
    ErrorCode.BLOB_TOO_LARGE.value: "文件太大，镇里收不了。",
    ErrorCode.BLOB_TYPE.value: "镇里看不出这是照片或 PDF。",
    ErrorCode.BLOB_BROKEN.value: "照片打不开或不完整。",
    ErrorCode.BLOB_HUGE.value: "图片尺寸太大，镇里打不开。",
    ErrorCode.BLOB_MISMATCH.value: "传了几次，传到镇里的都不完整。",
    MOVING: "传了几次都没有传成。",
    UNREADABLE: "这台电脑上的照片文件坏了。",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo in a form: `value` names it there; `image`: a browser can show it."""

    value: str
    sha: str
    image: bool


@dataclass(frozen=True, slots=True)
class CaseShot:
    """A photo of a case. `words` say how far it is, `trouble` what is to be done."""

    sha: str
    name: str
    image: bool
    here: bool
    words: str
    tone: str
    trouble: str


async def shots(photos: Photos, pairs: Sequence[tuple[str, str]]) -> dict[str, list[Shot]]:
    """The photos a form holds, by slot."""
    found = {}
    for slot, kept in photo_slots.by_slot(pairs).items():
        kinds = await photos.media_types([photo.sha for photo in kept])
        found[slot] = [
            Shot(photo_slots.value_of(photo), photo.sha, kinds.get(photo.sha, "") in _IMAGES)
            for photo in kept
        ]
    return found


def troubles(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Why files chosen for a slot were not kept, by the slot's input; also in a draft that was only saved."""
    slots = dict.fromkeys(key.removeprefix(REFUSED) for key, _ in pairs if key.startswith(REFUSED))
    return {
        PHOTO + slot: " ".join(why.sentence for why in dict.fromkeys(photo_slots.refusals(pairs, slot)))
        for slot in slots
    }


def case_shots(photos: Sequence[CasePhoto], names: dict[str, str]) -> list[CaseShot]:
    """A case's photos as its page shows them. `names`: of materials, by code."""
    return [_case_shot(photo, names) for photo in photos]


def _case_shot(photo: CasePhoto, names: dict[str, str]) -> CaseShot:
    name = photo.label or names.get(photo.part.removeprefix(MATERIAL), "")
    words, tone = photo.state.zh, "warn"
    if photo.state in THERE:
        tone = "good"
    elif photo.state in NEEDS_A_HAND:
        tone = "bad"
    elif photo.offset:
        words = f"已传 {photo.offset * 100 // photo.size}%"
    trouble = ""
    if photo.state in NEEDS_A_HAND:
        trouble = _WHY.get(photo.why, "镇里没有收下这张照片。") + _AGAIN
    return CaseShot(
        sha=photo.sha,
        name=name or ("委托书" if photo.part == MANDATE else "照片"),
        image=photo.media_type in _IMAGES,
        here=photo.state not in {PhotoState.FREED, PhotoState.LOST},
        words=words,
        tone=tone,
        trouble=trouble,
    )


async def show(request: web.Request) -> web.Response:
    """One photo; what a browser cannot show is given as a file."""
    sha = request.match_info["sha"]
    picture = await station(request).photos.find(sha)
    if picture is None:
        raise Refusal(*NOT_FOUND)
    headers = dict(edge.HEADERS)
    if picture.media_type not in _IMAGES:
        name = f"{sha[:12]}.{_SUFFIX.get(picture.media_type, 'bin')}"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return web.Response(body=picture.content, content_type=picture.media_type, headers=headers)


async def keep(request: web.Request) -> web.Response:
    """What the page's script sends as soon as a photo is taken: kept before the form is."""
    pairs = await photo_form.pairs(request)
    kept = await shots(station(request).photos, pairs)
    known = {each.value: each for each in Refused}
    refused = [known[value].sentence for key, value in pairs if key.startswith(REFUSED) and value in known]
    return web.json_response(
        {
            "kept": [
                {"value": shot.value, "sha": shot.sha, "image": shot.image}
                for each in kept.values()
                for shot in each
            ],
            "refused": refused,
        },
        headers=edge.HEADERS,
    )


PAGES: tuple[Page, ...] = (
    Page("GET", "/photos/{sha}", show),
    Page("POST", "/photos", keep),
)
