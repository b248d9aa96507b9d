# SPDX-License-Identifier: MIT
"""`python -m meio`: where C++ builds find the headers; everything else is the command line of `meio`."""

from __future__ import annotations

import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run one command line.

    Parameters
    ----------
    arguments : list of str
        `--version`, `--cmakedir` (the folder for CMake's `meio_DIR`), `--includedir`, or what `meio` takes.

    Returns
    -------
    int
        The exit status.
    """
    package = Path(__file__).resolve().parent
    places = {"--cmakedir": package / "share/cmake/meio", "--includedir": package / "include"}
    if len(arguments) == 1 and arguments[0] in places:
        place = places[arguments[0]]
        if not place.is_dir():
            print(
                f"meio: no {place}: the headers are with the installed package only, not with this source tree.",
                file=sys.stderr,
            )
            return 1
        print(place)
        return 0
    if arguments == ["--version"]:
        from meio import __version__

        print(__version__)
        return 0
    from meio.cli import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
