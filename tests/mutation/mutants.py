"""Every small change worth trying in a module's source. Values in, values out; runs nothing."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


LONGEST = 160


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change; `source` is the whole module with it."""

    line: int
    before: str
    after: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of `source`, in the order of its lines."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    left_alone = _left_alone(tree)
    changed: list[Mutant] = []
    for place, node in enumerate(nodes):
        if node in left_alone or not hasattr(node, "lineno"):
            continue
        for number, new in enumerate(_changes(node)):
            whole = copy.deepcopy(tree)
            target = list(ast.walk(whole))[place]
            _become(target, list(_changes(target))[number])
            text = ast.unparse(ast.fix_missing_locations(whole))
            changed.append(Mutant(node.lineno, *_told(node, new), text))
    yield from sorted(changed, key=lambda one: one.line)


def _told(node: ast.AST, new: ast.AST) -> tuple[str, str]:
    """The change in a line: of a table only the row that is gone."""
    if isinstance(node, ast.Dict) and isinstance(new, ast.Dict):
        [gone] = [key for key in node.keys if key not in new.keys]
        return f"row {ast.unparse(gone) if gone else ''}", "(dropped)"
    before, after = ast.unparse(node), ast.unparse(new)
    return (before, after) if len(before) < LONGEST else (f"{before[:LONGEST]}…", f"{after[:LONGEST]}…")


def _left_alone(tree: ast.AST) -> set[ast.AST]:
    """Annotations, decorators, targets and subscripts: changing them changes no decision."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        match node:
            case ast.AnnAssign():
                parts = [node.annotation, node.target]
            case ast.arg():
                parts = [node.annotation]
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                parts = [node.returns, *node.decorator_list]
            case ast.ClassDef():
                parts = list(node.decorator_list)
            case ast.Subscript():
                parts = [node.slice]
            case ast.Assign(targets=[ast.Name(id=name)]) if name == "__all__":
                parts = [node]
        found.update(child for part in parts if part for child in ast.walk(part))
    return found


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """New nodes that may stand in the place of `node`."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARE:
            yield _with(node, ops=[_COMPARE[type(op)]()])
        case ast.BoolOp():
            yield _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
            for index in range(len(node.values)):
                rest = node.values[:index] + node.values[index + 1 :]
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            yield _with(node, op=_ARITHMETIC[type(node.op)]())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool() as truth):
            yield ast.Constant(not truth)
        case ast.Constant(value=int() as number):
            yield ast.Constant(number + 1)
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Set() if len(node.elts) > 1:
            yield from _dropped(node)
        case ast.Tuple(ctx=ast.Load()) if node.elts and not isinstance(node.elts[0], ast.Constant):
            yield from _dropped(node)
        case ast.Dict() if all(key is not None for key in node.keys):
            for index in range(len(node.keys)):
                yield _with(
                    node,
                    keys=node.keys[:index] + node.keys[index + 1 :],
                    values=node.values[:index] + node.values[index + 1 :],
                )


def _dropped(node: ast.Set | ast.Tuple) -> Iterator[ast.AST]:
    for index in range(len(node.elts)):
        yield _with(node, elts=node.elts[:index] + node.elts[index + 1 :])


def _with(node: ast.AST, **changes: Any) -> ast.AST:
    new = copy.copy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _become(target: ast.AST, new: ast.AST) -> None:
    """Turn a node into another where it stands."""
    fields = {name: getattr(new, name) for name in new._fields if hasattr(new, name)}
    target.__class__ = type(new)
    target.__dict__.clear()
    target.__dict__.update(fields)
