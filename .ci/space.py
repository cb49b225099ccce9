"""Writes the folder that a Hugging Face Space is made of: `make space`, `make space GPU=1`.

A Space installs requirements.txt and nothing else, so the folder holds the right one under that
name, and no test.
"""

import argparse
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("README.md", "LICENSE", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "app.py")
FOLDERS = ("gecat", "assets")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


def write_space(folder: Path, gpu: bool = False) -> None:
    """Writes the folder anew.

    Args:
        folder: where; what a Space was written there before goes.
        gpu: whether the Space has one of NVIDIA's GPUs.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "app.py").is_file():
        raise SystemExit(f"{folder} holds something else than a Space")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    (folder / "requirements.txt").write_text(requirements(gpu))


def requirements(gpu: bool) -> str:
    """Returns what a Space installs, in one file."""
    base = (ROOT / "requirements.txt").read_text()
    if not gpu:
        return base
    return (ROOT / "requirements-gpu.txt").read_text().replace("-r requirements.txt\n", base)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gpu", action="store_true")
    options = parser.parse_args()
    write_space(options.folder, options.gpu)
    print(f"written to {options.folder}: hf upload OWNER/gec-at {options.folder} --repo-type space")
