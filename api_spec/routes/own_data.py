"""Operations on one's own data: everything held, who looked, and wishes about it."""

from typing import Final

from api_spec.errors import ErrorCode
from api_spec.messages import own_data as m
from api_spec.messages.people import OwnExport
from api_spec.route import CITIZENS, Route

TAG: Final = "people"

EXPORT_ME: Final = Route(
    name="export_me",
    method="GET",
    path="/v1/me/export",
    summary="Everything held of the citizen, in full.",
    tag=TAG,
    who=CITIZENS,
    answer=OwnExport,
    errors=(ErrorCode.NOT_FOUND,),
)
LIST_LOOKS: Final = Route(
    name="list_looks",
    method="GET",
    path="/v1/me/looks",
    summary="哪个岗位什么时候看过我的信息",
    tag=TAG,
    who=CITIZENS,
    answer=m.Looks,
)
LIST_WISHES: Final = Route(
    name="list_wishes",
    method="GET",
    path="/v1/me/wishes",
    summary="我提的更正、删除、说明请求和答复",
    tag=TAG,
    who=CITIZENS,
    answer=m.Wishes,
)
MAKE_WISH: Final = Route(
    name="make_wish",
    method="POST",
    path="/v1/me/wishes",
    summary="请求更正、删除我的信息，或说明怎么用的",
    tag=TAG,
    who=CITIZENS,
    body=m.MakeWish,
    answer=m.Wishes,
    status=201,
    errors=(ErrorCode.FORM_INVALID,),
)

ROUTES: Final = (EXPORT_ME, LIST_LOOKS, LIST_WISHES, MAKE_WISH)
