"""What is said about the photos a citizen sends of their papers."""

from api_spec.messages.base import Answer


class PhotoReceipt(Answer, frozen=True, kw_only=True):
    """A photo that is here for good, and nobody else can name it.

    Args:
        id: what an application or a supplement names it by, in `photos` under the material's code.
        sha: SHA-256 of the bytes as sent, 64 hex; size: bytes; media: what they turned out to be.
        path: where whoever sent it sees it made small.
    """

    id: str
    sha: str
    size: int
    media: str
    media_label: str
    pages: int
    path: str


class CasePhoto(Answer, frozen=True, kw_only=True):
    """A photo of a case for whose case it is.

    Args:
        material: the material's code, "" for the 委托书; `name` is the same in words.
        here: false while the village still has to send it.
    """

    id: str
    material: str
    name: str
    size: int
    here: bool
    path: str


class CasePhotos(Answer, frozen=True, kw_only=True):
    photos: list[CasePhoto]
