import os
import subprocess
import sys

import pytest

from gecat.model.weights import load_config

from ..conftest import ROOT
from ..hub_stand_in import hub


def gecat(address, *words):
    environment = {
        **os.environ,
        "HF_ENDPOINT": address,
        "HF_TOKEN": "hf_token",
        "HF_HUB_DISABLE_XET": "1",  # its protocol is not the stand-in's
    }
    command = [sys.executable, "-m", "gecat", "hub", *map(str, words)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def weights(small_weights, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(small_weights.read_bytes())
    path.with_suffix(".md").write_text("# Mine")
    return path


def test_weights_go_to_the_hub_and_come_back(weights, tmp_path):
    files = {}
    with hub(files) as address:
        sent = gecat(address, "push", "given/given", "--weights", weights)
        assert sent.returncode == 0, sent.stderr
        assert set(files) == {"base.safetensors", "base.md"}
        back = tmp_path / "new" / "back.safetensors"
        loaded = gecat(address, "pull", "given/given", "--out", back)
    assert loaded.returncode == 0, loaded.stderr
    assert back.read_bytes() == files["base.safetensors"] == weights.read_bytes()
    assert back.with_suffix(".md").read_text() == "# Mine"
    assert load_config(back) == load_config(weights)


def test_what_is_no_weights_file_takes_no_files_place(weights):
    before = weights.read_bytes()
    with hub({"base.safetensors": b"only words", "base.md": b"# Other"}) as address:
        ended = gecat(address, "pull", "given/given", "--out", weights)
    assert ended.returncode == 2
    assert "not a weights file of GEC-AT" in ended.stderr
    assert weights.read_bytes() == before
    assert weights.with_suffix(".md").read_text() == "# Mine"
