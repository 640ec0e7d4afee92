"""The picture of the tables that migrations carry along, drawn only as often as somebody looks at it.

Tortoise draws every table anew for every step and once more for the state before it: 120 tables took 9 s of an empty
database's first start, of which almost none was the database's.
"""

from collections.abc import Mapping

from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.models import Model

ModelStates = Mapping[tuple[str, str], ModelState]


class DrawnOnce(StateApps):
    """Prepares a model's queries once; a model that changes is another class, and prepared then."""

    _drawn: frozenset[type[Model]] = frozenset()

    def _build_initial_querysets(self) -> None:
        kept = {label: dict(models) for label, models in self.apps.items()}
        try:
            for models in self.apps.values():
                for name in [name for name, model in models.items() if model in self._drawn]:
                    del models[name]
            super()._build_initial_querysets()
            fresh = {
                model for models in self.apps.values() for model in models.values() if model._meta._inited
            }
        finally:
            self.apps.update(kept)
        self._drawn |= fresh


class Before(State):
    """The state before a step; its models are drawn when the step asks for one of them."""

    def __init__(self, models: ModelStates, apps: StateApps) -> None:
        self.models = dict(models)
        self._since = apps
        self._own: StateApps | None = None

    @property
    def apps(self) -> StateApps:  # type: ignore[override]
        if self._own is None:
            self._own = self._since.clone(model_states=self.models)
        return self._own


class Growing(State):
    """The state that grows with every step."""

    def clone(self) -> State:
        return Before({key: model.clone() for key, model in self.models.items()}, self.apps)


def nothing_yet(default_connections: dict[str, str]) -> State:
    """The state of an empty database."""
    return Growing(models={}, apps=DrawnOnce(default_connections=default_connections))
