"""Operations on the photos a citizen sends: send one, look at it, take it back, and see those of a case."""

from typing import Final

from api_spec.errors import ErrorCode
from api_spec.messages import photos as m
from api_spec.route import CITIZENS, Route
from api_spec.sync import BLOB_MAX

TAG: Final = "photos"
PHOTO_MAX: Final = BLOB_MAX
"""Bytes of one photo."""
FRAME_MAX: Final = 64 * 1024
"""What a form puts around it."""
FILE: Final = "file"

SEND_PHOTO: Final = Route(
    name="send_photo",
    method="POST",
    path="/v1/photos",
    summary="上传一张材料照片（表单字段 file，照片或 PDF，不超过 10 MB），再在申请或补正里写上它的 id",
    tag=TAG,
    who=CITIZENS,
    raw_body="multipart/form-data",
    answer=m.PhotoReceipt,
    status=201,
    errors=(
        ErrorCode.MEDIA_TYPE,
        ErrorCode.BODY_INVALID,
        ErrorCode.BODY_TOO_LARGE,
        ErrorCode.BLOB_TOO_LARGE,
        ErrorCode.BLOB_TYPE,
        ErrorCode.BLOB_BROKEN,
        ErrorCode.BLOB_HUGE,
    ),
    max_bytes=PHOTO_MAX + FRAME_MAX,
)
SHOW_PHOTO: Final = Route(
    name="show_photo",
    method="GET",
    path="/v1/photos/{photo_id}",
    summary="看自己上传的照片（缩小后的第一页）",
    tag=TAG,
    who=CITIZENS,
    media="image/jpeg",
)
TAKE_BACK_PHOTO: Final = Route(
    name="take_back_photo",
    method="DELETE",
    path="/v1/photos/{photo_id}",
    summary="撤掉一张还没用在申请里的照片",
    tag=TAG,
    who=CITIZENS,
    status=204,
)
CASE_PHOTOS: Final = Route(
    name="case_photos",
    method="GET",
    path="/v1/cases/{case_id}/photos",
    summary="我的办件交了哪些照片",
    tag=TAG,
    who=CITIZENS,
    answer=m.CasePhotos,
    errors=(ErrorCode.CASE_NOT_FOUND,),
)
SHOW_CASE_PHOTO: Final = Route(
    name="show_case_photo",
    method="GET",
    path="/v1/cases/{case_id}/photos/{photo_id}",
    summary="看办件的一张照片（缩小后的第一页）",
    tag=TAG,
    who=CITIZENS,
    media="image/jpeg",
    errors=(ErrorCode.CASE_NOT_FOUND,),
)

ROUTES: Final = (SEND_PHOTO, SHOW_PHOTO, TAKE_BACK_PHOTO, CASE_PHOTOS, SHOW_CASE_PHOTO)
