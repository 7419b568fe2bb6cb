"""The optimiser as a command: files in, files out, exit codes, and never a traceback."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scheduling.optimiser.command import main
from scheduling.optimiser.instances import TYPES


def run(*arguments: object) -> int:
    """The exit code of one command."""
    return main([str(argument) for argument in arguments])


@pytest.fixture
def school(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    assert run("instance", "--type", "typical", "--seed", 2, "--pupils", 78, "-o", path) == 0
    return path


@pytest.mark.parametrize("kind", TYPES)
def test_instance_solve_check_and_picture_go_together(kind: str, tmp_path: Path) -> None:
    problem, roster, drawing = tmp_path / "p.json", tmp_path / "r.json", tmp_path / "d.svg"
    assert run("instance", "--type", kind, "--seed", 4, "--pupils", 78, "-o", problem) == 0
    assert run("solve", problem, "-o", roster, "--work", 20_000, "--workers", 1) == 0
    assert run("check", problem, roster) == 0
    if kind == "swaps":
        assert run("picture", problem, roster, "-o", drawing) == 1
        return
    assert run("picture", problem, roster, "-o", drawing) == 0
    assert ElementTree.parse(drawing).getroot().tag.endswith("svg")


@pytest.mark.parametrize("rule", ["fcfs", "fcfs-compact"])
@pytest.mark.parametrize("kind", ["dense", "start"])
def test_a_baseline_is_a_roster_like_any_other(kind: str, rule: str, tmp_path: Path) -> None:
    problem, roster = tmp_path / "p.json", tmp_path / "r.json"
    assert run("instance", "--type", kind, "--seed", 4, "--pupils", 78, "-o", problem) == 0
    assert run("baseline", problem, "--rule", rule, "--seed", 3, "-o", roster) == 0
    assert run("check", problem, roster) == 0


def test_the_same_work_and_seed_give_the_same_bytes(school: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    for path, workers in ((first, 1), (second, 2)):
        command = [sys.executable, "-m", "scheduling.optimiser", "solve", str(school), "-o", str(path)]
        subprocess.run([*command, "--work", "20000", "--seed", "5", "--workers", str(workers)], check=True)
    assert first.read_bytes() == second.read_bytes()


def test_a_start_round_and_its_repair_give_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    round_, repair = tmp_path / "round.json", tmp_path / "repair.json"
    assert run("instance", "--type", "start", "--seed", 8, "--pupils", 156, "-o", round_) == 0
    assert run("solve", round_, "-o", tmp_path / "before.json") == 0
    problem = json.loads(round_.read_text())
    problem["previous"] = {
        item["talk"]: item["start"] for item in json.loads((tmp_path / "before.json").read_text())["placed"]
    }
    for leader in problem["leaders"][::2]:
        leader["slots"] = leader["slots"][5:]
    repair.write_text(json.dumps(problem))
    for path in (round_, repair):
        answers = []
        for number, workers in enumerate(("1", "2")):
            answer = tmp_path / f"{path.stem}-{number}.json"
            command = [sys.executable, "-m", "scheduling.optimiser", "solve", str(path), "-o", str(answer)]
            subprocess.run([*command, "--workers", workers], check=True, env={"PYTHONHASHSEED": str(number)})
            answers.append(answer.read_bytes())
        assert answers[0] == answers[1]
        assert run("check", path, answer) == 0


def test_progress_goes_to_standard_error_as_json_lines(
    school: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("solve", school, "-o", tmp_path / "r.json", "--seconds", 5, "--workers", 1, "--json") == 0
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    assert {"phase", "best", "bound", "seconds"} == lines[0].keys()
    assert json.loads(said.out)["score"]["weight"] == lines[-1]["best"]["weight"]


def test_check_says_which_rule_is_broken(school: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = tmp_path / "r.json"
    assert run("baseline", school, "--rule", "fcfs", "-o", roster) == 0
    data = json.loads(roster.read_text())
    data["placed"][0]["request"] = data["placed"][1]["request"]
    roster.write_text(json.dumps(data))
    capsys.readouterr()
    assert run("check", school, roster) == 1
    said = capsys.readouterr()
    assert "is placed twice" in said.err
    assert "weight" in json.loads(said.out)


@pytest.mark.parametrize(
    "text", ["", "no json", "{}", '{"kind": "evening"', '{"kind": "conversations", "talks": 3}', "[]"]
)
def test_a_bad_problem_is_refused_with_a_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    assert run("solve", path, "-o", tmp_path / "r.json", "--json") == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]
    assert said.err.strip()
    assert not (tmp_path / "r.json").exists()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("solve", tmp_path / "none.json") == 1
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["solve"], ["solve", "p.json", "--seconds", "0"], ["instance", "--type", "x"]]
)
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_importing_the_optimiser_loads_no_solver() -> None:
    code = (
        "import sys\n"
        "import scheduling.optimiser.problem, scheduling.optimiser.command, scheduling.optimiser.swaps\n"
        "import scheduling.optimiser.conversations\n"
        "assert not {'highspy', 'numpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
