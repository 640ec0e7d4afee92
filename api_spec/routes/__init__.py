"""The whole contract: each feature's operations, joined. Nothing is reachable over the JSON API that is not here."""

from importlib import import_module
from pkgutil import iter_modules

from api_spec.route import Route


def _collect() -> tuple[Route, ...]:
    found: list[Route] = []
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        found.extend(import_module(f"{__name__}.{module.name}").ROUTES)
    return tuple(found)


ALL: tuple[Route, ...] = _collect()
