# SPDX-License-Identifier: MIT
"""The command line: `meio demo`, `meio plan FOLDER --out FOLDER`, `meio compare FOLDER`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meio.comparison import Comparison
    from meio.folder import Problem
    from meio.plan import Plan

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows `meio`; the process's own arguments where left out.

    Returns
    -------
    int
        0: done; 1: planned, but not every capacity can be kept; 2: wrong input.
    """
    from meio.errors import InputError

    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except InputError as error:
        print(f"meio: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    from meio._meio import __version__

    parser = argparse.ArgumentParser(prog="meio", description="Multi-echelon inventory optimization.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="plan, compare and draw the embedded example, or write it as tables")
    demo.add_argument("--write", metavar="FOLDER", help="write the example's tables there and stop")
    demo.add_argument(
        "--out", metavar="FOLDER", default="meio-demo", help="results and pictures (default: %(default)s)"
    )
    demo.add_argument("--products", type=_positive, default=300, help="how many (default: %(default)s)")
    demo.add_argument("--runs", type=_positive, default=12, help="simulated runs a policy (default: %(default)s)")
    demo.add_argument("--seed", type=int, default=7, help="of products and simulation (default: %(default)s)")
    _add_planner_options(demo)
    demo.set_defaults(run=_demo)

    plan = commands.add_parser("plan", help="plan the tables of a folder")
    plan.add_argument("folder", help="CSV tables, see `meio demo --write`")
    plan.add_argument("--out", metavar="FOLDER", required=True, help="where levels, prices and the report go")
    _add_planner_options(plan)
    plan.set_defaults(run=_plan)

    compare = commands.add_parser("compare", help="simulate the plan of a folder against baselines")
    compare.add_argument("folder", help="CSV tables, see `meio demo --write`")
    compare.add_argument("--out", metavar="FOLDER", help="where the KPIs and the picture go")
    compare.add_argument("--runs", type=_positive, default=50, help="simulated runs a policy (default: %(default)s)")
    compare.add_argument("--seed", type=int, default=11, help="of the simulation (default: %(default)s)")
    _add_planner_options(compare)
    compare.set_defaults(run=_compare)
    return parser


def _add_planner_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--item-model", choices=("independent", "echelon"), help="which stock carries the plan")
    parser.add_argument("--gap", type=float, help="stop at this relative gap")
    parser.add_argument("--max-seconds", type=float, help="stop after this wall time with the best plan so far")
    parser.add_argument("--threads", type=int, help="0: as many as the machine has")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not >= 1")
    return value


def _demo(options: argparse.Namespace) -> int:
    from meio.examples import us_network, us_tables
    from meio.folder import Problem, write_folder

    example = us_network(options.products, seed=options.seed)
    if options.write:
        tables = us_tables(options.products, seed=options.seed)
        files = write_folder(
            options.write,
            example.network,
            {"demand": tables["demand"], "weights": tables["weights"]},
            correlation="common",
        )
        _say(options, f"{len(files)} files in {options.write}; next: meio plan {options.write} --out plan")
        return 0
    _say(options, f"{example.network}\n{example.forecast}\n")
    problem = Problem(example.network, example.forecast, {})
    plan = _solve(options, problem)
    code = _report_plan(options, plan, Path(options.out))
    comparison = _simulate(options, problem, plan)
    _report_comparison(options, comparison, Path(options.out))
    _say(options, f"\nresults in {options.out}")
    return code


def _plan(options: argparse.Namespace) -> int:
    from meio.folder import read_folder

    plan = _solve(options, read_folder(options.folder))
    code = _report_plan(options, plan, Path(options.out))
    _say(options, f"\nresults in {options.out}")
    return code


def _compare(options: argparse.Namespace) -> int:
    from meio.folder import read_folder

    problem = read_folder(options.folder)
    plan = _solve(options, problem)
    _say(options, plan.summary())
    comparison = _simulate(options, problem, plan)
    _report_comparison(options, comparison, Path(options.out) if options.out else None)
    return 0


def _solve(options: argparse.Namespace, problem: Problem) -> Plan:
    from meio.planner_api import Planner

    said = {
        "item_model": options.item_model,
        "gap": options.gap,
        "max_seconds": options.max_seconds,
        "threads": options.threads,
    }
    chosen: dict[str, Any] = {**problem.planner, **{name: value for name, value in said.items() if value is not None}}
    unknown = [name for name in chosen if name not in Planner().options]
    if unknown:
        from meio.errors import InputError
        from meio.network_tables import did_you_mean

        raise InputError(
            f"settings.json: planner has no option {unknown[0]!r}; {did_you_mean(unknown[0], Planner().options)}"
        )
    return Planner(**chosen).solve(problem.network, problem.forecast, display=False if options.quiet else "auto")


def _simulate(options: argparse.Namespace, problem: Problem, plan: Plan) -> Comparison:
    from meio.comparison import baselines, compare

    started = time.perf_counter()
    cases = baselines(problem.network, plan, problem.forecast)
    result = compare(
        cases, problem.network, plan, problem.forecast, runs=options.runs, rng=options.seed, baseline="national"
    )
    _say(options, f"\n{options.runs} simulated runs a policy, {time.perf_counter() - started:.1f} s")
    return result


def _report_plan(options: argparse.Namespace, plan: Plan, out: Path) -> int:
    _say(options, plan.summary())
    plan.to_folder(out)
    if _can_draw(options):
        _draw(out / "network.png", plan.plot.network)
        if plan.table("prices").height:
            kinds = set(plan.table("prices")["resource"])
            _draw(out / "prices.png", plan.plot.price_heatmap, "storage" if "storage" in kinds else sorted(kinds)[0])
        _draw(out / "convergence.png", plan.plot.convergence)
    return 1 if plan.status.name == "INFEASIBLE" else 0


def _report_comparison(options: argparse.Namespace, comparison: Comparison, out: Path | None) -> None:
    _say(options, comparison.summary())
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    comparison.table.to_csv(out / "kpis.csv")
    if _can_draw(options):
        _draw(out / "policies.png", comparison.plot)


def _can_draw(options: argparse.Namespace) -> bool:
    try:
        import matplotlib
    except ImportError:
        _say(options, "no pictures: pip install 'meio[plot]' brings them")
        return False
    matplotlib.use("Agg")
    return True


def _draw(path: Path, plot: Any, *arguments: Any) -> None:
    import matplotlib.pyplot as plt

    axes = plot(*arguments)
    axes.figure.savefig(path, dpi=150)
    plt.close(axes.figure)


def _say(options: argparse.Namespace, text: str) -> None:
    if not options.quiet:
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
