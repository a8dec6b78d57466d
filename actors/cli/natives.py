"""Messages for the compiler: frozen structs rewritten as native classes.

mypyc reads a field of its own classes at a fixed offset, and one of a struct by name, as Python
does; an order's way reads a hundred. So, on the copy that is compiled, every frozen struct that
is free of cycles (a message, a stock) is written out as a final class with the same fields. They
cannot be set, compare and print as before, and are made as before.

A class goes to the end of its file and leaves empty lines behind, so that line numbers in
tracebacks stay those of the source. One that its file needs before, while it is imported, stays
the struct that it is.
"""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent, indent
from typing import Final

__all__ = ["make_native"]

IMPORTS: Final = """
from typing import ClassVar as _ClassVar, Final as _Final, final as _final
from mypy_extensions import mypyc_attr as _native_attr
"""

NATIVE: Final = """
@_final
@_native_attr({acyclic}free_list_len=1)
class {name}:
    {docstring}
    __struct_fields__: _ClassVar[tuple[str, ...]] = {names!r}
    __match_args__: _ClassVar[tuple[str, ...]] = {names!r}
{fields}
    def __init__(self{parameters}) -> None:
{settings}
    def _values(self) -> tuple[object, ...]:
        return ({values})
    def __eq__(self, other: object) -> bool:
        return isinstance(other, {name}) and self._values() == other._values()
    def __hash__(self) -> int:
        return hash(self._values())
    def __repr__(self) -> str:
        pairs = zip(self.__struct_fields__, self._values(), strict=True)
        return "{name}(" + ", ".join([f"{{name}}={{value!r}}" for name, value in pairs]) + ")"
"""

NO_FIELDS: Final = "        pass\n"


def make_native(source: Path) -> None:
    """Rewrite the structs in a file, in place."""
    text = source.read_text("utf-8")
    module = ast.parse(text)
    needed = _names_needed(module)
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    structs = [node for node in classes if _is_struct(node) and node.name not in needed]
    if not structs:
        return
    lines = text.splitlines()
    written = [IMPORTS]
    for struct in structs:
        written.append(_native(struct, text))
        first, last = struct.lineno - 1, struct.end_lineno or struct.lineno
        lines[first:last] = [""] * (last - first)
    source.write_text("\n".join(lines + written) + "\n", "utf-8")


def _names_needed(module: ast.Module) -> set[str]:
    """The names that are read while a module is imported: not those in bodies of functions."""
    waiting: list[ast.AST] = list(module.body)
    names = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            names.add(node.id)
        if isinstance(node, ast.FunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults]
        elif isinstance(node, ast.AnnAssign):
            waiting += [] if node.value is None else [node.value]
        else:
            waiting += ast.iter_child_nodes(node)
    return names


def _is_struct(node: ast.ClassDef) -> bool:
    """Whether this is a frozen struct that is known to be free of cycles."""
    message = "Message" in [ast.unparse(base) for base in node.bases]
    return _option(node, "frozen") == "True" and (message or _option(node, "gc") == "False")


def _option(node: ast.ClassDef, name: str) -> str | None:
    """What a class statement says of an option, as it is written there."""
    found = [ast.unparse(option.value) for option in node.keywords if option.arg == name]
    return found[0] if found else None


def _native(struct: ast.ClassDef, text: str) -> str:
    fields = [node for node in struct.body if isinstance(node, ast.AnnAssign)]
    typed = [(ast.unparse(field.target), ast.unparse(field.annotation)) for field in fields]
    defaults = ["" if f.value is None else f" = {ast.unparse(f.value)}" for f in fields]
    methods = [_source(node, text) for node in struct.body if isinstance(node, ast.FunctionDef)]
    native = NATIVE.format(
        name=struct.name,
        acyclic="acyclic=True, " if _option(struct, "gc") == "False" else "",
        docstring=repr(ast.get_docstring(struct)),
        names=tuple(name for name, _ in typed),
        fields="".join(f"    {name}: _Final[{type_}]\n" for name, type_ in typed),
        parameters="".join(
            f", {name}: {type_}{default}"
            for (name, type_), default in zip(typed, defaults, strict=True)
        ),
        settings="".join(f"        self.{name} = {name}\n" for name, _ in typed) or NO_FIELDS,
        values="".join(f"self.{name}, " for name, _ in typed),
    )
    return native + "".join(methods)


def _source(method: ast.FunctionDef, text: str) -> str:
    """A method as it was written, decorators included."""
    first = min([method.lineno, *(mark.lineno for mark in method.decorator_list)])
    lines = text.splitlines()[first - 1 : method.end_lineno]
    return indent(dedent("\n".join(lines)), "    ") + "\n"
