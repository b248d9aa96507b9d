# SPDX-License-Identifier: MIT
"""The command line, from tables in a folder to results in another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import meio
from meio.cli import main
from meio.folder import read_folder
from meio.tables import read_csv


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "tables"
    assert main(["demo", "--write", str(place), "--products", "12", "--quiet"]) == 0
    return place


def test_written_tables_are_the_example(folder: Path) -> None:
    # What demo --write writes is read back as the embedded example, bit for bit.
    network, forecast, _ = read_folder(folder)
    other, fc = meio.examples.us_network(12)
    for table, columns in other.coded.arrays.items():
        for name, column in columns.items():
            assert network.coded.arrays[table][name].tobytes() == column.tobytes(), (table, name)
    assert forecast.mean.tobytes() == fc.mean.tobytes()
    assert forecast.correlation == fc.correlation


def test_plan(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Levels, prices, a report and pictures appear in the other folder.
    out = tmp_path / "out"
    assert main(["plan", str(folder), "--out", str(out), "--gap", "0.001"]) == 0
    assert "cost" in capsys.readouterr().out
    report = json.loads((out / "plan.json").read_text())
    assert report["status"] in {"optimal", "feasible"}
    assert report["bound"] <= report["cost"]
    assert read_csv(out / "levels.csv").height > 0
    assert {"prices.csv", "network.png", "convergence.png"} <= {path.name for path in out.iterdir()}


def test_wrong_tables_are_one_message(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Wrong input ends with status 2 and the findings, without a traceback.
    lanes = (folder / "lanes.csv").read_text().replace("west,OAK4", "wset,OAK4")
    (folder / "lanes.csv").write_text(lanes)
    assert main(["plan", str(folder), "--out", str(tmp_path / "out")]) == 2
    assert "did you mean 'west'" in capsys.readouterr().err
    (folder / "services.csv").unlink()
    assert main(["plan", str(folder), "--out", str(tmp_path / "out")]) == 2
    assert "services.csv" in capsys.readouterr().err
    assert main(["plan", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_settings(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Planner options may be set in the folder; the command line goes first; unknown ones are refused.
    settings = json.loads((folder / "settings.json").read_text())
    (folder / "settings.json").write_text(json.dumps({**settings, "planner": {"gap": 0.02}}))
    assert main(["plan", str(folder), "--out", str(tmp_path / "a"), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    (folder / "settings.json").write_text(json.dumps({**settings, "planner": {"gapp": 0.02}}))
    assert main(["plan", str(folder), "--out", str(tmp_path / "a")]) == 2
    assert "did you mean 'gap'" in capsys.readouterr().err
    (folder / "settings.json").write_text(json.dumps({**settings, "unit": {}}))
    assert main(["plan", str(folder), "--out", str(tmp_path / "a")]) == 2
    assert "did you mean 'units'" in capsys.readouterr().err
