"""How tables are created and changed on both databases; knows drivers' dialects, no table by name.

Tortoise's schema editors leave out what our rules rest on: constraints of a table are not created with it, a
unique constraint with a condition is refused on SQLite, an index asked for with a new column is forgotten. And on
SQLite they change a column by copying the table, which drops its indexes and can delete the rows of its children;
that is refused here, such a change is written by hand.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, BaseSchemaEditor, SqliteSchemaEditor
from tortoise.migrations.schema_editor.data import ModelSqlData
from tortoise.migrations.schema_generator.state import State
from tortoise.models import Model

from backend.engines.states import nothing_yet


class NotByItself(RuntimeError):
    """SQLite would have to copy the table; the migration must do it by hand, with all its indexes."""


class _Whole(BaseSchemaEditor):
    """A table is created with all its constraints."""

    _inner: tuple[str, ...] = ()

    def _get_model_sql_data(self, model: type[Model]) -> ModelSqlData:
        self._inner = tuple(self._constraints(model))
        try:
            sql = super()._get_model_sql_data(model)
        finally:
            self._inner = ()
        partial = [
            self._partial(model, constraint)
            for constraint in model._meta.constraints
            if isinstance(constraint, UniqueConstraint) and constraint.condition
        ]
        return dataclasses.replace(sql, table_sql="\n".join([sql.table_sql, *partial]))

    def _get_inner_statements(self) -> list[str]:
        return [*super()._get_inner_statements(), *self._inner]

    def _constraints(self, model: type[Model]) -> Iterator[str]:
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                yield self.CHECK_CONSTRAINT_CREATE_TEMPLATE.format(
                    name=constraint.name, check=constraint.check
                )
            elif not constraint.condition:
                yield self.UNIQUE_CONSTRAINT_CREATE_TEMPLATE.format(
                    index_name=self._constraint_name_for_model(model, constraint),
                    fields=self._columns(model, constraint),
                )

    def _partial(self, model: type[Model], constraint: UniqueConstraint) -> str:
        name = self.quote(self._constraint_name_for_model(model, constraint))
        table = self.quote(model._meta.db_table)
        columns = self._columns(model, constraint)
        return f"CREATE UNIQUE INDEX {name} ON {table} ({columns}) WHERE {constraint.condition};"

    def _columns(self, model: type[Model], constraint: UniqueConstraint) -> str:
        columns = self._resolve_fields_to_columns(model, constraint.fields)
        return ", ".join(self.quote(column) for column in columns)

    async def add_constraint(
        self, model: type[Model], constraint: UniqueConstraint | CheckConstraint
    ) -> None:
        if isinstance(constraint, UniqueConstraint) and constraint.condition:
            await self._run_sql(self._partial(model, constraint))
        else:
            await super().add_constraint(model, constraint)

    async def add_field(self, model: type[Model], field_name: str) -> None:
        await super().add_field(model, field_name)
        field = model._meta.fields_map[field_name]
        if field.index and not field.unique:
            await self._run_sql(self._get_index_sql(model, [field.source_field or field_name]))


class SqliteEditor(_Whole, SqliteSchemaEditor):
    """Creates and adds on SQLite; never copies a table."""

    async def _run_sql(self, sql: str) -> None:
        # Tortoise's cuts at every semicolon, also at one in a comment or a text.
        if self.collect_sql:
            self.collected_sql.append(sql)
        else:
            await self.client.execute_script(sql)

    async def _remake_table(self, model: type[Model], *_: Any, **__: Any) -> None:
        raise NotByItself(f"{model._meta.db_table}: write this change by hand, SQLite has to copy the table")


class PostgresEditor(_Whole, AsyncpgSchemaEditor):
    """Creates, adds and changes on PostgreSQL."""


class Executor(MigrationExecutor):
    """Applies migrations with the editors above."""

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:  # noqa: FBT001, FBT002 - Tortoise's signature
        editor = SqliteEditor if self.connection.capabilities.dialect == "sqlite" else PostgresEditor
        return editor(self.connection, atomic=atomic, collect_sql=collect_sql)

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        """What the applied migrations made, up to the one named."""
        state = nothing_yet(
            {label: config["default_connection"] for label, config in self.loader.apps_config.items()}
        )
        for key in self._full_plan():
            if key == upto:
                break
            migration = self.loader.graph.nodes[key]
            if key in applied and migration is not None:
                await migration.apply(state, dry_run=True)
        return state
