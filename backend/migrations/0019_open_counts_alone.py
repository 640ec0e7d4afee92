"""Written by `python -m backend.migrate make`."""

from tortoise import migrations
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("township", "0018_closed_by_state")]

    initial = False

    operations = [
        ops.RemoveIndex(
            model_name="CaseRow",
            name="ix_cases_open_counts",
            fields=None,
        ),
        ops.AddIndex(
            model_name="CaseRow",
            index=PartialIndex(
                fields=["tenant_id", "state", "due_on", "soon_on", "department_id", "village_id", "is_open"],
                name="ix_cases_open_counts",
                condition={"is_open": 1},
            ),
        ),
    ]
