"""What ratings give supervision to look at: bad ones not dealt with in time, and figures that look wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from api_spec.review_terms import BadReviewState
from api_spec.supervision_terms import RuleCode, SubjectKind
from backend.reviews.bad_desk import BadReviewDesk
from backend.reviews.figures import Figures
from backend.supervision.watching import Finding

WHAT: Final = {
    "streak": "连续全部非常满意",
    "burst": "短时间内集中评价",
    "closed": "关窗时间产生评价",
    "drift": "满意率突然变化",
}
AT_THE_DEPARTMENT: Final = frozenset({BadReviewState.RECTIFYING})
"""Whose step is late: in every other state the service desk's, and the department is not called to account for it."""
SUBJECTS: Final = {
    "streak": SubjectKind.WINDOW,
    "burst": SubjectKind.REVIEW,
    "closed": SubjectKind.REVIEW,
    "drift": SubjectKind.DEPARTMENT,
}


class WatchedReviews:
    """Ratings as supervision asks for them. No finding says who rated."""

    name = "reviews"

    def __init__(self, bad: BadReviewDesk, figures: Figures) -> None:
        self._bad = bad
        self._figures = figures

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        """Everything wrong at `at`."""
        late = [
            Finding(
                rule=RuleCode.BAD_REVIEW_LATE,
                subject_kind=SubjectKind.REVIEW,
                subject_id=each.id,
                occurrence=f"{each.state} {each.due_on.isoformat()}",
                on=each.due_on + timedelta(days=1),
                department_id=each.standing.department_id if each.state in AT_THE_DEPARTMENT else "",
                href=f"/staff/reviews/bad/{each.id}",
                facts={"state": each.state.zh},
            )
            for each in await self._bad.overdue(tenant_id, at=at)
        ]
        odd = [
            Finding(
                rule=RuleCode.REVIEWS_ODD,
                subject_kind=SUBJECTS[each.kind],
                subject_id=each.about,
                occurrence=f"{each.kind} {each.on.isoformat()}",
                on=each.on,
                department_id=each.department_id,
                href="/staff/reviews",
                facts={"what": WHAT[each.kind], "count": str(each.count)},
            )
            for each in await self._figures.outliers(tenant_id, at=at)
        ]
        return [*late, *odd]
