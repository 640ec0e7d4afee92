"""Who may import whom: the cut of the program, read from the imports themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("api_spec", "backend", "village_node")
TORTOISE_FILES = {"tables.py", "store.py", "db.py", "columns.py", "migrate.py", "make_migration.py"}
TORTOISE_FOLDERS = {"engines", "migrations"}
AIOHTTP_FILES = {"http.py", "app.py", "office.py", "serve.py", "keys.py"}
AIOHTTP_FOLDERS = {"edge", "wechat", "console", "demo"}
PURE = (
    "breaking.py",
    "veil.py",
    "line.py",
    "ticket.py",
    "waiting.py",
    "hall_day.py",
    "devices.py",
    "machine.py",
    "merging.py",
    "deadlines.py",
    "timer.py",
    "elapsed.py",
    "history.py",
    "event_chain.py",
    "day_queue.py",
    "sought.py",
    "slots.py",
    "calendar.py",
    "calendar_changes.py",
    "notice_text.py",
    "notice_table.py",
    "validator.py",
    "search.py",
    "rules.py",
    "document.py",
    "filing.py",
    "check.py",
    "custody.py",
    "gate.py",
    "signing.py",
    "profiles.py",
    "mapping.py",
    "fields.py",
    "health.py",
    "card.py",
    "conduct.py",
    "drawing.py",
    "limits.py",
    "rulebook.py",
    "task.py",
    "handing.py",
    "roster.py",
    "editing.py",
    "overview.py",
)
CASES = ("backend.cases.case", "backend.cases.deadlines", "backend.cases.history")
"""A case's own pure files: supervision judges histories without asking for them."""
FEATURES = sorted(
    path.parent.name for path in (ROOT / "backend").glob("*/service.py") if path.parent.name != "audit"
)


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module imported at run time; what only the type checker reads does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped.update(child for part in node.body for child in ast.walk(part))
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules("api_spec"), ids=where)
def test_the_contract_imports_neither_program(path: Path) -> None:
    assert tops(path).isdisjoint({"backend", "village_node", "aiohttp", "tortoise"})


@pytest.mark.parametrize("path", modules("village_node"), ids=where)
def test_the_village_node_knows_the_contract_only(path: Path) -> None:
    assert tops(path).isdisjoint({"backend", "tortoise"})


@pytest.mark.parametrize("path", modules("backend"), ids=where)
def test_the_township_never_imports_the_village(path: Path) -> None:
    assert "village_node" not in tops(path)


@pytest.mark.parametrize("path", modules("backend"), ids=where)
def test_tortoise_stays_in_tables_and_stores(path: Path) -> None:
    allowed = path.name in TORTOISE_FILES or path.parent.name in TORTOISE_FOLDERS
    assert allowed or path.name.startswith("store") or "tortoise" not in tops(path)


@pytest.mark.parametrize("path", modules("backend"), ids=where)
def test_aiohttp_stays_at_the_edges(path: Path) -> None:
    at_the_edge = path.name in AIOHTTP_FILES or path.name.startswith(("http", "pages"))
    in_an_edge_folder = not AIOHTTP_FOLDERS.isdisjoint(path.parts)
    assert at_the_edge or in_an_edge_folder or "aiohttp" not in tops(path)


@pytest.mark.parametrize("path", [path for path in modules("backend") if path.name in PURE], ids=where)
def test_rules_are_pure(path: Path) -> None:
    assert tops(path).isdisjoint({"aiohttp", "tortoise", "aiosqlite", "asyncpg", "jinja2"})
    ours = {name for name in imports(path) if name.split(".")[0] == "backend"}
    feature = f"backend.{path.parent.name}"
    allowed = (
        "backend.faults",
        "backend.actors",
        "backend.hall.calendar",
        "backend.register",
        feature,
        *CASES,
    )
    assert all(name == "backend" or name.startswith(allowed) for name in ours)


@pytest.mark.parametrize("path", modules("backend"), ids=where)
def test_a_feature_reaches_another_through_its_service(path: Path) -> None:
    relative = path.relative_to(ROOT / "backend")
    feature = relative.parts[0]
    if feature not in FEATURES:
        return
    private = ("store", "tables")
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "backend" and len(parts) > 2 and parts[1] in FEATURES and parts[1] != feature:
            assert not parts[2].startswith(private), f"{where(path)} imports {name}"


@pytest.mark.parametrize("path", modules("backend"), ids=where)
def test_only_the_starters_know_the_whole(path: Path) -> None:
    starters = {"backend/__main__.py", "backend/serve.py"}
    assert where(path) in starters or "backend.app" not in set(imports(path))
