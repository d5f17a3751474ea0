"""The command line. Imports are deferred into the commands: help answers in under 0.4 s, a run pays for what it uses."""

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from aios_assets.cli import (
    audit,
    contract,
    dev,
    evaluate,
    example,
    feed,
    golden,
    init,
    maintain,
    matches,
    models,
    policy,
    reconcile,
    repair,
    review,
    run,
    sql,
    trace,
    vault,
)
from aios_assets.cli.answer import DONE, INTERRUPTED, WRONG_USE, tell_fault
from aios_assets.cli.faults import fault_of, is_foreseen

COMMANDS = (
    init, run, trace, sql, audit, policy, feed, review, matches, golden, evaluate, contract, reconcile, repair, maintain,
    models, vault, example, dev,
)  # fmt: skip

app = typer.Typer(
    name="aios",
    help="Catalogue automation that can prove what it did. Start with: aios run FEED…",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _command in COMMANDS:
    _command.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """The `aios` program; answers its exit code. Every error becomes what, why and what to do, never a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        code = app(given, prog_name="aios", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if (usage := getattr(error, "format_message", None)) is not None:
            tell_fault("wrong use", usage(), "see `aios --help`, or the command's own --help", as_json=as_json)
            return WRONG_USE
        fault = fault_of(error)
        tell_fault(fault.what, fault.why, fault.do, as_json=as_json)
        if os.environ.get("AIOS_TRACEBACK") and not is_foreseen(error):
            traceback.print_exception(error)
        return fault.code
    except BaseException as stopped:
        # Dagster raises an interruption of its own beside KeyboardInterrupt.
        if type(stopped).__name__ == "DagsterExecutionInterruptedError":
            return INTERRUPTED
        raise
    return code if isinstance(code, int) else DONE


__all__ = ["app", "main"]
