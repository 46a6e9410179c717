"""The shell: python -m core mi | matrix | spec | run | download | pictures. JSON on standard output, errors as one line on the other."""

from __future__ import annotations

from collections.abc import Sequence

from core import files
from core.shell.parser import fail, parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 after a line on standard error."""
    parsed = parser().parse_args(arguments)
    try:
        print(files.english(parsed.command(parsed)), flush=True)
        return fail(parsed.after) if parsed.after else 0
    except KeyboardInterrupt:
        return fail("stopped before there was a result")
    except MemoryError:
        return fail("not enough memory for these data and parameters: take fewer rows or columns")
    except ValueError as error:
        return fail(str(error))
    except Exception as error:  # whoever reads standard error in a script gets one line, whatever went wrong
        return fail(f"{type(error).__name__}: {error}")
