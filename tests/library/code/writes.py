"""Which rows a module's code makes, changes and deletes, and in which line."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy.orm import Session

from library.core.database import Base, insert_new, upsert
from tests.library.code.known import Known, element, is_table

_TABLE_FIRST = (sqlalchemy.insert, sqlalchemy.update, sqlalchemy.delete)
_TABLE_SECOND = (upsert, insert_new)
_TAKES_ROWS = ("add", "add_all", "delete", "merge", "bulk_save_objects")
_CHANGES_LISTS = ("append", "remove", "extend", "insert", "clear", "pop")
_SQL = ("INSERT ", "UPDATE ", "DELETE ")


class Write(NamedTuple):
    """A write. `table` is the class whose row it concerns, None where nobody can tell; `column` is what was
    assigned to, "" for other writes."""

    line: int
    what: str
    table: type[Base] | None
    column: str = ""


def columns_of(table: type[Base]) -> frozenset[str]:
    """The attributes of a mapped class that stand for columns and for other rows."""
    return frozenset(sqlalchemy.inspect(table).attrs.keys())


def tables() -> list[type[Base]]:
    """Every mapped class."""
    return [mapper.class_ for mapper in Base.registry.mappers]


def writes(source: str, names: dict[str, Any]) -> list[Write]:
    """Return what the code of a module writes; `names` are those that the module has, with what they are.

    What is assigned to an attribute of something unknown is a write when some table has such a column.
    """
    columns = frozenset[str]().union(*map(columns_of, tables()))
    found: list[Write] = []
    _Reader(Known(names), columns, found).visit(ast.parse(source))
    return found


@dataclass
class _Reader(ast.NodeVisitor):
    known: Known
    columns: frozenset[str]
    found: list[Write]

    def visit(self, node: ast.AST) -> None:
        match node:
            case ast.ClassDef():
                inner = _Reader(self.known.in_class(node.name), self.columns, self.found)
                for part in sorted(node.body, key=lambda part: getattr(part, "name", "") != "__init__"):
                    inner.visit(part)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner = _Reader(self.known.in_function(node), self.columns, self.found)
                for part in node.body:
                    inner.visit(part)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                for part in node.generators:
                    self.known.bind_each(part.target, part.iter)
                self.generic_visit(node)
            case ast.For() | ast.withitem() | ast.Assign() | ast.NamedExpr() | ast.AnnAssign():
                self._bind(node)
                self.generic_visit(node)
            case ast.Attribute() | ast.Call() | ast.Constant():
                self.generic_visit(node)
                self._write(node)
            case ast.expr_context() | ast.Name() | ast.operator() | ast.alias():
                pass
            case _:
                self.generic_visit(node)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.For(target=target, iter=many):
                self.known.bind_each(target, many)
            case ast.withitem(context_expr=many, optional_vars=ast.expr() as target):
                self.known.bind_each(target, many)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.known.bind(target, self.known.of(value))
            case ast.NamedExpr(target=target, value=value):
                self.known.bind(target, self.known.of(value))
            case ast.AnnAssign(target=target, annotation=annotation):
                self.known.bind(target, self.known.said(annotation))

    def _write(self, node: ast.AST) -> None:
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                self._changed(node)
            case ast.Call():
                self._called(node)
            case ast.Constant(value=str(text)) if text.lstrip().startswith(_SQL):
                self._note(node, text.strip().partition("\n")[0], None)

    def _changed(self, target: ast.Attribute) -> None:
        its = self.known.of(target.value)
        if is_table(its) or (its is None and target.attr in self.columns):
            self._note(target, f"{ast.unparse(target)} =", its, target.attr)

    def _called(self, node: ast.Call) -> None:
        called = self.known.value(node.func)
        if is_table(called):
            self._note(node, f"{called.__name__}(...)", called)
        elif called in _TABLE_FIRST and node.args:
            self._note(node, ast.unparse(node.func), self.known.value(node.args[0]))
        elif called in _TABLE_SECOND and len(node.args) > 1:
            self._note(node, ast.unparse(node.func), self.known.value(node.args[1]))
        elif isinstance(node.func, ast.Attribute):
            self._method(node, node.func)

    def _method(self, node: ast.Call, method: ast.Attribute) -> None:
        its = self.known.of(method.value)
        if its is Session and method.attr in _TAKES_ROWS and node.args:
            row = self.known.of(node.args[0])
            self._note(node, ast.unparse(method), row if is_table(row) else element(row))
        elif method.attr in _CHANGES_LISTS and isinstance(method.value, ast.Attribute):
            if is_table(self.known.of(method.value.value)) and is_table(element(its)):
                self._note(node, ast.unparse(method), element(its))
        elif ast.unparse(method).endswith(("__table__.insert", "__table__.update", "__table__.delete")):
            self._note(node, ast.unparse(method), None)

    def _note(self, node: Any, what: str, table: Any, column: str = "") -> None:
        self.found.append(Write(node.lineno, what, table if is_table(table) else None, column))
