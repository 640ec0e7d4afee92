"""The migrations make what the tables say, once, whole, and without touching what is stored."""

import asyncio
import itertools
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from backend.db import Dialect, OpenDatabase, current, open_database, rows
from backend.engines.schema import NotByItself
from backend.file_lock import DatabaseInUse
from backend.make_migration import missing
from backend.migrate import SchemaMismatch, migrate
from tests.db.schemas import Table, schema

_serial = itertools.count()

FAMILY = """
    from tortoise import fields, migrations
    from tortoise.indexes import Index
    from tortoise.migrations import operations as ops
    from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

    class Migration(migrations.Migration):
        initial = True
        operations = [
            ops.CreateModel(
                name="Parent",
                fields=[("id", fields.CharField(primary_key=True, max_length=32)), ("age", fields.IntField())],
                options={
                    "table": "parent", "app": "township", "pk_attr": "id",
                    "constraints": [CheckConstraint(check="age >= 0", name="ck_parent_age")],
                },
                bases=["Model"],
            ),
            ops.CreateModel(
                name="Child",
                fields=[
                    ("id", fields.CharField(primary_key=True, max_length=32)),
                    ("parent", fields.ForeignKeyField(
                        "township.Parent", source_field="parent_id", on_delete=fields.OnDelete.RESTRICT
                    )),
                    ("state", fields.CharField(max_length=40)),
                ],
                options={
                    "table": "child", "app": "township", "pk_attr": "id",
                    "indexes": [Index(fields=["state"])],
                    "constraints": [
                        UniqueConstraint(fields=("parent_id",), name="uq_child_open", condition="state = 'open'")
                    ],
                },
                bases=["Model"],
            ),
        ]
"""

ADDITION = """
    from tortoise import fields, migrations
    from tortoise.migrations import operations as ops
    from tortoise.migrations.constraints import UniqueConstraint

    class Migration(migrations.Migration):
        dependencies = [("township", "0001_family")]
        operations = [
            ops.AddField(
                model_name="Parent", name="village",
                field=fields.CharField(max_length=32, null=True, db_index=True),
            ),
            ops.AddConstraint(
                model_name="Child",
                constraint=UniqueConstraint(fields=("state", "parent_id"), name="uq_child_state"),
            ),
        ]
"""

MISTAKE = """
    from tortoise import fields, migrations
    from tortoise.migrations import operations as ops

    class Migration(migrations.Migration):
        dependencies = [("township", "0001_family")]
        operations = [
            ops.AddField(model_name="Child", name="note", field=fields.TextField(null=True)),
            ops.RunSQL("UPDATE parent SET age = -1"),
        ]
"""

COPY = """
    from tortoise import fields, migrations
    from tortoise.migrations import operations as ops

    class Migration(migrations.Migration):
        dependencies = [("township", "0001_family")]
        operations = [
            ops.AlterField(model_name="Parent", name="age", field=fields.BigIntField(null=True)),
        ]
"""


class Package:
    """A package of migrations of its own, as if releases had passed."""

    def __init__(self, folder: Path) -> None:
        self.name = f"migrations_{next(_serial)}"
        self._folder = folder / self.name
        self._folder.mkdir()
        (self._folder / "__init__.py").write_text("")

    def add(self, name: str, text: str) -> None:
        (self._folder / f"{name}.py").write_text(textwrap.dedent(text))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    monkeypatch.syspath_prepend(tmp_path)
    made = Package(tmp_path)
    made.add("0001_family", FAMILY)
    return made


async def test_the_migrations_say_what_the_tables_say() -> None:
    assert await missing() == []


def _declared(plain: dict[str, Table]) -> dict[str, Table]:
    """What Tortoise creates from the tables, with the constraints it leaves out."""
    for model in (Tortoise.apps or {})["township"].values():
        table = plain[model._meta.db_table]
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                table.checks.add(constraint.name)
                continue
            fields = (model._meta.fields_map[name] for name in constraint.fields)
            columns = tuple(field.source_field or field.model_field_name for field in fields)
            assert isinstance(constraint, UniqueConstraint)
            (table.partial_unique if constraint.condition else table.unique).add(columns)
    return plain


async def test_a_migrated_database_is_what_the_tables_declare(
    database_url: str, empty_database_url: str
) -> None:
    async with open_database(database_url):
        migrated = await schema()
    async with open_database(empty_database_url):
        await current().context.generate_schemas()
        declared = _declared(await schema())
    assert migrated.keys() == declared.keys()
    for name, table in migrated.items():
        assert table == declared[name], name


async def test_every_reference_refuses_to_lose_rows(db: OpenDatabase) -> None:
    assert db.dialect
    loose = [
        (name, reference)
        for name, table in (await schema()).items()
        for reference in table.references
        if reference[3] != "RESTRICT"
    ]
    assert loose == []


async def test_three_migrations_at_once_do_it_once(empty_database_url: str) -> None:
    done = await asyncio.gather(*(migrate(empty_database_url) for _ in range(3)))
    assert sorted(done) == [False, False, True]
    async with open_database(empty_database_url):
        assert len(await rows("SELECT name FROM applied_files")) >= 1


async def _two_families(url: str) -> None:
    async with open_database(url):
        for name in ("a", "b"):
            await rows("INSERT INTO parent (id, age) VALUES (?, 30)", [name])
            await rows("INSERT INTO child (id, parent_id, state) VALUES (?, ?, 'open')", [name, name])


async def test_a_later_migration_adds_and_keeps_what_is_stored(
    package: Package, empty_database_url: str
) -> None:
    await migrate(empty_database_url, package=package.name)
    await _two_families(empty_database_url)
    package.add("0002_addition", ADDITION)
    assert await migrate(empty_database_url, package=package.name)
    async with open_database(empty_database_url):
        tables = await schema()
        assert tables["parent"].checks == {"ck_parent_age"}
        assert ("village",) in tables["parent"].indexes
        assert tables["child"].unique == {("id",), ("state", "parent_id")}
        assert tables["child"].partial_unique == {("parent_id",)}
        assert tables["child"].references == {("parent_id", "parent", "id", "RESTRICT")}
        assert await rows("SELECT id, village FROM parent ORDER BY id") == [
            {"id": "a", "village": None},
            {"id": "b", "village": None},
        ]
        with pytest.raises(IntegrityError):
            await rows("INSERT INTO child (id, parent_id, state) VALUES ('c', 'a', 'open')")
        with pytest.raises(IntegrityError):
            await rows("DELETE FROM parent WHERE id = 'a'")


async def test_a_failed_migration_leaves_nothing_of_itself(package: Package, empty_database_url: str) -> None:
    await migrate(empty_database_url, package=package.name)
    await _two_families(empty_database_url)
    package.add("0002_mistake", MISTAKE)
    for _ in range(2):
        with pytest.raises((IntegrityError, OperationalError)):
            await migrate(empty_database_url, package=package.name)
    async with open_database(empty_database_url):
        assert "note" not in (await schema())["child"].columns
        assert [line["age"] for line in await rows("SELECT age FROM parent")] == [30, 30]


async def test_a_change_that_copies_a_table_is_refused_on_sqlite(
    package: Package, empty_database_url: str, dialect: Dialect
) -> None:
    await migrate(empty_database_url, package=package.name)
    package.add("0002_copy", COPY)
    if dialect == "sqlite":
        with pytest.raises(NotByItself, match="parent"):
            await migrate(empty_database_url, package=package.name)
    else:
        assert await migrate(empty_database_url, package=package.name)


async def test_a_database_of_other_migrations_is_told_so(package: Package, empty_database_url: str) -> None:
    await migrate(empty_database_url, package=package.name)
    package.add("0001_family", FAMILY.replace("age >= 0", "age >= 18"))
    with pytest.raises(SchemaMismatch, match="0001_family"):
        await migrate(empty_database_url, package=package.name)


SECOND_PROCESS = """
import asyncio, sys
from backend.db import open_database
from backend.file_lock import DatabaseInUse

async def main() -> None:
    try:
        async with open_database(sys.argv[1], models=["backend.audit.tables"]):
            print("open")
    except DatabaseInUse as refusal:
        print(refusal)

asyncio.run(main())
"""


async def test_a_second_process_on_one_sqlite_file_is_refused_with_a_sentence(
    db: OpenDatabase, database_url: str
) -> None:
    command = [sys.executable, "-c", SECOND_PROCESS, database_url]
    second = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    if db.dialect == "sqlite":
        assert "SQLite 只允许一个进程" in second.stdout
        with pytest.raises(DatabaseInUse):
            await asyncio.wait_for(migrate(database_url, wait_s=0.05), 5)
    else:
        assert second.stdout == "open\n"


@pytest.mark.usefixtures("db")
async def test_a_process_opens_one_database(empty_database_url: str) -> None:
    with pytest.raises(RuntimeError, match="already"):
        async with open_database(empty_database_url):
            pass


@pytest.mark.parametrize(
    "url", ["", "mysql://host/name", "sqlite://", "sqlite://:memory:", "postgresql://host"]
)
async def test_a_url_that_names_no_database_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        async with open_database(url):
            pass
