"""What a module's code says of a value: the annotation of a parameter, what a function is said to return, the
table that was asked for. Types are classes, `list[...]` and the like; None is what nobody can tell."""

from __future__ import annotations

import ast
import builtins
import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Mapped, Session

from library.core.database import Base

Type = Any

# Called on a result, a list or a mapping: gives the same things again, or one of them.
_SAME = ("all", "unique", "values", "copy")
_ONE = ("first", "one", "one_or_none", "get", "pop")
_PASSES_ON = (list, tuple, set, frozenset, sorted, reversed, iter, filter)
_PICKS_ONE = (next, min, max)
_TUPLE = (ast.Tuple, ast.List)


def is_table(its: Type) -> bool:
    """Whether something is a mapped class."""
    return inspect.isclass(its) and issubclass(its, Base) and its is not Base


@dataclass
class Known:
    """What is known at one place: the module's `names`, those of the function, and what `self` has."""

    names: dict[str, Any]
    here: dict[str, Type] = field(default_factory=dict)
    inside: type | None = None
    of_self: dict[str, Type] = field(default_factory=dict)

    def in_class(self, name: str) -> Known:
        """Return what is known at the beginning of a class."""
        return replace(self, here=dict(self.here), inside=self.names.get(name), of_self={})

    def in_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Known:
        """Return what is known at the beginning of a function."""
        inner = replace(self, here=dict(self.here))
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in given:
            inner.here[argument.arg] = self.said(argument.annotation)
        if self.inside is not None and given and given[0].arg in ("self", "cls"):
            inner.here[given[0].arg] = self.inside
        return inner

    def bind(self, target: ast.expr, its: Type) -> None:
        """Note what a name stands for from now on."""
        if isinstance(target, ast.Name):
            self.here[target.id] = its
        elif isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
            self.of_self.setdefault(target.attr, its)
        elif isinstance(target, _TUPLE):
            parts = typing.get_args(its) if typing.get_origin(its) is tuple else ()
            for n, part in enumerate(target.elts):
                self.bind(part, parts[n] if n < len(parts) and parts[-1] is not Ellipsis else None)

    def bind_each(self, target: ast.expr, many: ast.expr) -> None:
        """Note what a name stands for that goes through a list, or is what a `with` gives."""
        self.bind(target, element(self.of(many)))

    def said(self, annotation: ast.expr | None) -> Type:
        """Return what an annotation says."""
        if annotation is None:
            return None
        text = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
        try:
            return _bare(eval(str(text), dict(self.names)))  # noqa: S307 - an annotation of our own code
        except (NameError, TypeError, AttributeError):
            return None

    def value(self, node: ast.expr) -> Any:
        """Return what a name of the module, or of a module that it names, is; None for other things."""
        if isinstance(node, ast.Name) and node.id not in self.here:
            return self.names.get(node.id, getattr(builtins, node.id, None))
        if isinstance(node, ast.Attribute):
            base = self.value(node.value)
            return getattr(base, node.attr, None) if isinstance(base, types.ModuleType) else None
        return None

    def of(self, node: ast.expr) -> Type:
        """Return what is known of an expression's value."""
        match node:
            case ast.Name():
                return self.here.get(node.id)
            case ast.Attribute(value=ast.Name(id="self")) if node.attr in self.of_self:
                return self.of_self[node.attr]
            case ast.Attribute():
                return _attribute(self.of(node.value), node.attr)
            case ast.Call():
                return self._of_call(node)
            case ast.Subscript():
                return element(self.of(node.value))
            case ast.NamedExpr() | ast.Await():
                return self.of(node.value)
            case ast.BoolOp():
                return next(filter(None, map(self.of, node.values)), None)
            case ast.IfExp():
                return self.of(node.body) or self.of(node.orelse)
            case ast.Tuple() if node.elts:
                return tuple[tuple(map(self.of, node.elts))]
            case ast.List() if node.elts:
                return list[self.of(node.elts[0])]
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return list[self._within(node.generators).of(node.elt)]
            case ast.DictComp():
                return dict[object, self._within(node.generators).of(node.value)]
        return None

    def _within(self, parts: list[ast.comprehension]) -> Known:
        inner = replace(self, here=dict(self.here))
        for part in parts:
            inner.bind_each(part.target, part.iter)
        return inner

    def _of_call(self, node: ast.Call) -> Type:
        called = self.value(node.func)
        if called in _PASSES_ON and node.args:
            return self.of(node.args[0])
        if called in _PICKS_ONE and node.args:
            return element(self.of(node.args[0]))
        if called is enumerate:
            return list[tuple[int, element(self.of(node.args[0]))]]
        if inspect.isclass(called):
            return called
        if ast.unparse(node.func) == "cls":
            return self.inside
        if callable(called):
            return _returned(called)
        return self._of_method(node, node.func) if isinstance(node.func, ast.Attribute) else None

    def _of_method(self, node: ast.Call, method: ast.Attribute) -> Type:
        its = self.of(method.value)
        if its is Session:
            return self._of_rows(node, method.attr)
        if callable(found := getattr(its, method.attr, None) if inspect.isclass(its) else None):
            return _returned(found)
        if method.attr in _SAME:
            return its
        return element(its) if method.attr in _ONE else None

    def _of_rows(self, node: ast.Call, method: str) -> Type:
        """Return what a session gives: the row of a table, or what a select asks for."""
        if method in ("get", "get_one"):
            return self.value(node.args[0])
        selects = (call for call in ast.walk(node) if isinstance(call, ast.Call))
        asked = next((call.args for call in selects if ast.unparse(call.func) == "select"), None)
        if not asked:
            return None
        columns = [self.value(one) if is_table(self.value(one)) else object for one in asked]
        if method == "scalar":
            return columns[0]
        return list[columns[0]] if method == "scalars" else list[tuple[tuple(columns)]]


def element(its: Type) -> Type:
    """Return what a list, a mapping's values, an iterator or a context manager gives."""
    arguments = [one for one in typing.get_args(its) if one is not Ellipsis]
    return _bare(arguments[-1]) if arguments and typing.get_origin(its) is not type else None


def _bare(its: Type) -> Type:
    """Return a type without "or None", and without what only says how it is kept or handed in."""
    origin = typing.get_origin(its)
    if origin in (types.UnionType, typing.Union):
        return next((_bare(one) for one in typing.get_args(its) if one is not types.NoneType), None)
    if origin in (typing.Annotated, Mapped):
        return _bare(typing.get_args(its)[0])
    return None if its is Any else its


def _attribute(its: Type, name: str) -> Type:
    if not inspect.isclass(its):
        return None
    hints = _hints(its)
    if name in hints:
        return _bare(hints[name])
    found = getattr(its, name, None)
    return _returned(found.fget) if isinstance(found, property) and found.fget else None


def _returned(function: Callable[..., Any]) -> Type:
    return _bare(_hints(function).get("return"))


def _hints(its: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(its, include_extras=True)
    except (NameError, TypeError, AttributeError):
        return {}
