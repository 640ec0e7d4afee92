"""Written by `python -m backend.migrate make`."""

from tortoise import migrations
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("township", "0016_seals")]

    initial = False

    operations = [
        ops.AddIndex(
            model_name="CaseRow",
            index=PartialIndex(
                fields=["tenant_id", "state", "due_on", "soon_on", "department_id", "village_id"],
                name="ix_cases_open_counts",
                condition={"is_open": 1},
            ),
        ),
    ]
