"""Formulas of x that people type: read as Python's grammar has them, and evaluated by a closed list of operations."""

from __future__ import annotations

import ast
from collections.abc import Callable

import numpy as np

from core.method import Array
from core.sentences import Sentence

_LONGEST = 200  # characters
_NAMES = {"pi": np.pi, "e": np.e}
_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    name: getattr(np, name) for name in ("sin", "cos", "tan", "tanh", "exp", "log", "sqrt", "abs", "sinh", "cosh")
} | {"atan": np.arctan}
_BINARY: dict[type, Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.float_power,
}


def compiled(text: str, name: str) -> Callable[[Array], Array]:
    """The formula as a function of x (n,), which gives (n,). Errors: ValueError in one sentence that begins with `name`, as forms call it.

    Nothing is handed to Python's own evaluation: numbers, x, pi, e, + − * / ** and a dozen functions are all there is.
    """
    if len(text) > _LONGEST:
        raise ValueError(
            Sentence(
                "{name}: a formula of {length} characters is too long; at most {most}",
                name=name,
                length=len(text),
                most=_LONGEST,
            )
        )
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(
            Sentence("{name}: {text!r:.80} is not a formula such as sin(6*x)", name=name, text=text)
        ) from error
    _check(tree, name)

    def value(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.broadcast_to(_value(tree, x), x.shape).astype(np.float64)

    return value


def _check(node: ast.AST, name: str) -> None:
    """ValueError at the first part that is not on the list."""
    match node:
        case ast.BinOp(left, op, right) if type(op) in _BINARY:
            _check(left, name)
            _check(right, name)
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            _check(operand, name)
        case ast.Call(ast.Name(function), [argument], []) if function in _FUNCTIONS:
            _check(argument, name)
        case ast.Constant(int() | float() as value) if not isinstance(value, bool) and abs(value) < 1e300:
            pass
        case ast.Name(known) if known == "x" or known in _NAMES:
            pass
        case _:
            raise ValueError(
                Sentence(
                    "{name}: {part!r:.60} is not allowed; there are x, numbers, pi, e, + - * / ** and {functions}",
                    name=name,
                    part=ast.unparse(node),
                    functions=", ".join(sorted(_FUNCTIONS)),
                )
            )


def _value(node: ast.AST, x: Array) -> Array | float:
    match node:
        case ast.BinOp(left, op, right):
            return _BINARY[type(op)](_value(left, x), _value(right, x))  # type: ignore[arg-type]
        case ast.UnaryOp(op, operand):
            inner = _value(operand, x)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.Call(ast.Name(function), [argument], []):
            return _FUNCTIONS[function](_value(argument, x))  # type: ignore[arg-type]
        case ast.Constant(value):
            return float(value)  # type: ignore[arg-type]
        case ast.Name("x"):
            return x
        case ast.Name(known):
            return _NAMES[known]
    raise AssertionError("checked before")
