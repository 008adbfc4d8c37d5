"""The short form of benchmarks/soak.py: honest scores stay exact among hostile ones, and nothing grows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", ["local", "strict", pytest.param("docker", marks=pytest.mark.docker)])
def test_a_short_soak(sandbox: str) -> None:
    argv = [sys.executable, str(SOAK), "--evaluations", "300", "--every", "100", "--sandbox", sandbox]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if "UsageError" in done.stderr or "no Docker engine" in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    said = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    assert said["evaluations"] == 300
    assert said["hostile"] >= 5
    assert said["wrong_honest_scores"] == 0
    assert said["grown"] == []
