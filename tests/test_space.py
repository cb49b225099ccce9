import subprocess
import sys

from .conftest import ROOT

SPACE = [sys.executable, ROOT / ".ci" / "space.py"]


def test_the_repository_boots_as_a_space_below_a_path_and_segments_a_photo():
    command = [sys.executable, ROOT / ".ci" / "space_check.py", "--python", sys.executable]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "segments a photo" in checked.stdout


def test_a_space_with_a_gpu_installs_what_it_needs(tmp_path):
    folder = tmp_path / "space"
    subprocess.run([*SPACE, folder, "--gpu"], check=True)
    installed = (folder / "requirements.txt").read_text().splitlines()
    assert any(line.startswith("tensorflow[and-cuda]") for line in installed)
    assert any(line.startswith("gradio") for line in installed)
    assert not any(line.startswith("-r") for line in installed)
    assert not (folder / "tests").exists() and not list(folder.rglob("__pycache__"))
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 40e6


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    assert subprocess.run([*SPACE, tmp_path], capture_output=True, check=False).returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
