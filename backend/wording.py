"""What people read when something is refused: one sentence per code, saying what to do next."""

from collections.abc import Mapping
from typing import Any

from api_spec.errors import ErrorCode

SENTENCES: dict[ErrorCode, str] = {
    ErrorCode.BODY_INVALID: "有几处填写不对，请按提示改正后再提交。",
    ErrorCode.BODY_NOT_JSON: "提交的内容无法识别，请刷新页面后重试。",
    ErrorCode.BODY_TOO_LARGE: "提交的内容太大，请减少内容或压缩照片后再试。",
    ErrorCode.QUERY_INVALID: "查询条件不对，请按提示修改。",
    ErrorCode.MEDIA_TYPE: "提交的格式不对，请刷新页面后重试。",
    ErrorCode.NOT_FOUND: "没有找到这个页面或内容，请返回上一页看看。",
    ErrorCode.METHOD_NOT_ALLOWED: "这个地址不支持这样操作，请返回上一页。",
    ErrorCode.TOO_MANY_REQUESTS: "操作太频繁了，请稍等一会儿再试。",
    ErrorCode.FOREIGN_ORIGIN: "这个请求来自别的网站，为了安全没有处理，请从本页面重新操作。",
    ErrorCode.INTERNAL: "系统出了点问题，您的内容没有提交成功，请稍后再试或拨打中心电话。",
    ErrorCode.BUSY: "现在办理的人太多，请过一会儿再试。",
    ErrorCode.TOKEN_MISSING: "请先登录。",
    ErrorCode.TOKEN_INVALID: "登录信息无效，请重新登录。",
    ErrorCode.TOKEN_EXPIRED: "登录已过期，请重新登录。",
    ErrorCode.NOT_ALLOWED: "您的岗位不能做这项操作，如有需要请联系中心主任。",
    ErrorCode.SIGN_IN_FAILED: "账号或密码不对，请核对后再试。",
    ErrorCode.ACCOUNT_LOCKED: "密码错误次数太多，账号暂时锁定，请稍后再试或联系管理员。",
    ErrorCode.PASSWORD_CHANGE_REQUIRED: "首次登录请先修改初始密码。",
    ErrorCode.PASSWORD_WEAK: "新密码太简单，请至少用10个字符，并且不要和账号相同。",
    ErrorCode.WECHAT_CODE_INVALID: "微信登录凭证已失效，请重新进入后再试。",
    ErrorCode.WECHAT_BUSY: "微信服务繁忙，请稍后再试。",
    ErrorCode.WECHAT_UNAVAILABLE: "暂时连不上微信，请稍后再试，也可以到窗口办理。",
    ErrorCode.WECHAT_RISKY: "微信提示该账号存在风险，请带身份证到窗口办理。",
    ErrorCode.IDENTITY_INVALID: "证件号码不对，请对照证件核对后重新填写。",
    ErrorCode.IDENTITY_MISSING: "请先完善本人身份信息再办理。",
    ErrorCode.IDENTITY_TAKEN: "这个证件号码无法绑定，请带证件到窗口核实。",
    ErrorCode.CONSENT_MISSING: "请先阅读并同意个人信息处理说明。",
    ErrorCode.REASON_REQUIRED: "请写明原因。",
    ErrorCode.NOTICE_OUTDATED: "说明的内容有更新，请重新阅读后再同意。",
    ErrorCode.STAFF_NOT_FOUND: "没有找到这个工作人员账号。",
    ErrorCode.LOGIN_NAME_TAKEN: "这个登录名已经有人用了，请换一个。",
    ErrorCode.POST_NOT_FOUND: "没有找到这个岗位，可能已经结束，请刷新后再看。",
    ErrorCode.POST_CONFLICT: "这个岗位和现有岗位冲突，请先结束原岗位或换一个人。",
    ErrorCode.ITEM_NOT_FOUND: "没有找到这个事项，请换个说法搜索，或拨打中心电话咨询。",
    ErrorCode.ITEM_NOT_OFFERED: "这个事项目前不能这样办理，请到窗口或拨打中心电话咨询。",
    ErrorCode.ITEM_NOT_PUBLISHABLE: "这个事项的指南还有问题，改好后才能发布。",
    ErrorCode.IMPORT_INVALID: "文件里有错误，没有导入，请按提示改好后再试。",
    ErrorCode.ROSTER_GAP: "这样改，开放时间里窗口会没有人。请另外安排人，或者先把这半天关窗并写明公告。",
    ErrorCode.ROSTER_CHANGED: "值班安排刚刚变了，请刷新页面，看清现在谁在岗再交接。",
    ErrorCode.DELEGATION_ENDED: "这家公用企业对中心的委托没有生效，暂时不能接新的代办，请直接联系企业或拨打中心电话。",
    ErrorCode.SLOT_NOT_FOUND: "没有这个预约时段，请重新选择。",
    ErrorCode.SLOT_FULL: "这个时段已经约满，请换一个时段；不预约也可以直接到窗口取号。",
    ErrorCode.SLOT_CLOSED: "这个时段不能预约了，请换一个时段。",
    ErrorCode.BOOKING_LIMIT: "您的预约已达到上限，请先完成或取消已有预约；也可以直接到窗口取号。",
    ErrorCode.BOOKING_DUPLICATE: "您在这个时段已经有预约了。",
    ErrorCode.APPOINTMENT_NOT_FOUND: "没有找到这个预约。",
    ErrorCode.APPOINTMENT_STATE: "这个预约现在不能这样操作，请刷新查看最新状态。",
    ErrorCode.HOLD_EXPIRED: "占号已超时，请重新选择时段。",
    ErrorCode.CASE_NOT_FOUND: "没有找到这个办件，请核对编号。",
    ErrorCode.CASE_MOVED: "这个办件刚被别人处理过，请刷新后再操作。",
    ErrorCode.ACTION_NOT_ALLOWED: "办件现在的状态不能这样操作，请刷新查看最新状态。",
    ErrorCode.NOT_YOUR_ACTION: "这一步不归您的岗位办理。",
    ErrorCode.NOTE_REQUIRED: "请写明理由，群众会看到。",
    ErrorCode.FORM_INVALID: "表单有几处需要修改，请按提示改正。",
    ErrorCode.MATERIAL_MISSING: "材料还没有交齐，不能进行这一步。",
    ErrorCode.SAME_PERSON: "受理和审批不能是同一个人，请交由其他审批人员办理。",
    ErrorCode.OUT_OF_SCOPE: "这个事项不在您的授权范围内。",
    ErrorCode.CODE_UNKNOWN: "没有查到这个编号，请核对回执上的编号，或到出具回执的服务点查询。",
    ErrorCode.CODE_INVALID: "编号有误，请对照回执重新输入。",
    ErrorCode.REVIEW_GIVEN: "这次服务已经评价过了，谢谢您。",
    ErrorCode.ERRAND_NOT_FOUND: "没有找到这个代办申请。",
    ErrorCode.MANDATE_REQUIRED: "请先签好委托书再办理。",
    ErrorCode.IN_PERSON_ONLY: "这个事项需要本人到场办理。",
    ErrorCode.WET_INK_REQUIRED: "这个事项需要本人手写签名的纸质申请，请到窗口或村服务点签字。",
    ErrorCode.MONEY_NOT_BALANCED: "代收代缴金额对不上，请核对后再登记。",
    ErrorCode.SIGNATURE_INVALID: "服务点的签名无效，请联系镇里管理员。",
    ErrorCode.NONCE_STALE: "会话随机数已过期，请用新的随机数重试。",
    ErrorCode.NODE_UNKNOWN: "没有登记这个服务点，请重新登记。",
    ErrorCode.NODE_REVOKED: "这个服务点已停用，请联系镇里管理员。",
    ErrorCode.ENROLMENT_FILE_INVALID: "这不是完整的登记申请文件，可能没有拷全或被改动过，请让村里重新存一次。",
    ErrorCode.NO_HAND_OVER: "这台电脑没有在镇里存过接任码，或者编号不对。它联网一次以后才会有。",
    ErrorCode.ENROLMENT_INVALID: "登记码无效、已使用或已过期，请向镇里索取新的登记码。",
    ErrorCode.IDEMPOTENCY_CONFLICT: "同一个编号已经提交过不同的内容，请刷新后重新填写。",
    ErrorCode.BUNDLE_INVALID: "这个数据包不完整、已损坏或签名不对，里面的内容没有导入，请让村里重新导出一份。",
    ErrorCode.BUNDLE_FOREIGN: "这个数据包不是交给本镇的，没有导入，请核对是不是拿错了 U 盘。",
    ErrorCode.BLOB_OFFSET: "照片要从另一处接着传，请按回复里的位置继续。",
    ErrorCode.BLOB_MISMATCH: "收到的照片和原来的不一致，请从头重新上传。",
    ErrorCode.BLOB_TOO_LARGE: "照片超过 10 MB，请压缩或重新拍摄后再传。",
    ErrorCode.BLOB_TYPE: "这个文件不是照片或 PDF，请换成照片或 PDF 再传。",
    ErrorCode.BLOB_BROKEN: "照片打不开或没有拍完整，请重新拍摄后再传。",
    ErrorCode.BLOB_HUGE: "照片的尺寸大得不合理，请重新拍摄后再传。",
}

FIELD_SENTENCES: dict[str, str] = {
    "missing": "请填写这一项。",
    "extra_forbidden": "多出了不认识的项目，请去掉。",
    "string_type": "这里要填文字。",
    "string_too_short": "至少填 {min_length} 个字。",
    "string_too_long": "最多填 {max_length} 个字。",
    "string_pattern_mismatch": "格式不对，请检查。",
    "int_type": "这里要填整数。",
    "int_parsing": "这里要填整数。",
    "int_from_float": "这里要填整数。",
    "bool_type": "这里要选是或否。",
    "bool_parsing": "这里要选是或否。",
    "enum": "请从给出的选项中选择。",
    "literal_error": "请从给出的选项中选择。",
    "greater_than": "要大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "要小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    "too_long": "最多 {max_length} 项。",
    "too_short": "至少 {min_length} 项。",
    "list_type": "这里要填列表。",
    "dict_type": "这里的结构不对。",
    "model_type": "这里的结构不对。",
    "date_parsing": "日期不对，请按 2026-01-31 的样子填写。",
    "date_from_datetime_parsing": "日期不对，请按 2026-01-31 的样子填写。",
    "date_type": "日期不对，请按 2026-01-31 的样子填写。",
    "control_characters": "含有不能识别的字符，请删除后重新填写。",
    "repeated": "同一项填了多次。",
}
OTHERWISE = "这一项填写不对，请检查。"


def field_sentence(code: str, context: Mapping[str, Any], *, message: str = "") -> str:
    """The sentence for one field's fault; a validator's own Chinese `message` is used as it stands."""
    known = FIELD_SENTENCES.get(code)
    if known is not None:
        try:
            return known.format(**context)
        except KeyError:
            return OTHERWISE
    if any("\u4e00" <= char <= "\u9fff" for char in message):
        return message.removeprefix("Value error, ")
    return OTHERWISE
