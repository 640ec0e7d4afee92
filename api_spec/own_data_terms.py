"""The words of what a citizen may ask about their own data (个人信息保护法 44-50). Values are added to, never renamed."""

from api_spec.vocabulary import Term


class DataWish(Term):
    """What a citizen asks for beyond what the page does at once."""

    CORRECT = "correct", "更正我的信息"
    DELETE = "delete", "删除我的信息"
    EXPLAIN = "explain", "说明怎么用的"


class WishState(Term):
    WAITING = "waiting", "等答复"
    ANSWERED = "answered", "已答复"


class WishOutcome(Term):
    """How it was answered; what law obliges the office to keep is a part that stays, and the answer says so."""

    DONE = "done", "已办"
    PARTLY = "partly", "部分办理，依法须保存的留下"
    REFUSED = "refused", "不能办，理由见答复"
