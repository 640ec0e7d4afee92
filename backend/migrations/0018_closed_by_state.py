"""Written by `python -m backend.migrate make`."""

from tortoise import migrations
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("township", "0017_open_counts")]

    initial = False

    operations = [
        ops.AddIndex(
            model_name="CaseRow",
            index=PartialIndex(
                fields=["tenant_id", "department_id", "state", "due_on", "id"],
                name="ix_cases_closed_state",
                condition={"is_open": 0},
            ),
        ),
    ]
