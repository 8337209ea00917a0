"""Command line of the package: ``python -m inference COMMAND``."""

import argparse
import sys
from collections.abc import Sequence

from inference.demo import command as demo_command
from inference.evaluation import command as evaluation_command
from inference.models.importing import command as importing_command
from inference.phantom import command as phantom_command
from inference.prediction import command as prediction_command
from inference.training import command as training_command

_COMMANDS = (
    phantom_command,
    training_command,
    prediction_command,
    evaluation_command,
    demo_command,
    importing_command,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line without the program's name; the process's own by default.
    """
    parser = argparse.ArgumentParser(prog="python -m inference", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_command(subparsers)
    parsed = parser.parse_args(arguments)
    status: int = parsed.run(parsed)
    return status


if __name__ == "__main__":
    sys.exit(main())
