import base64
import csv
import io
import re

import pytest


@pytest.fixture(autouse=True)
def uploads(tmp_path, monkeypatch):
    """What a test writes counts as uploaded."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))


@pytest.fixture
def numbers():
    """Reads the rows of the CSV that a figure carries."""

    def read(figure):
        data = re.search(r'href="data:text/csv;base64,([^"]+)"', figure)[1]
        return list(csv.DictReader(io.StringIO(base64.b64decode(data).decode("utf-8-sig"))))

    return read
