import asyncio
import os
from types import SimpleNamespace

import pytest
from fastapi import HTTPException

from gecat.app.ui import owners
from gecat.app.ui.owners import SharedUploads, folder_of, make_room, owner_of, publish
from gecat.app.ui.temporary import sweep

FLOOD, OTHER = "203.0.113.9", "203.0.113.10"


def put(origin, *names, size=1000):
    """Publishes files that are an hour older, each a second later than the one before."""
    paths = publish({name: name.encode().ljust(size) for name in names}, origin)
    return [folder_of(origin).parent / path for path in paths]


def test_files_lie_in_a_folder_that_does_not_tell_whose_it_is(tmp_path):
    (path,), (other,) = put(FLOOD, "photo.jpg"), put(OTHER, "photo.jpg")
    assert path.read_bytes() == other.read_bytes() and path != other
    assert owner_of(path, tmp_path) == folder_of(FLOOD).name != owner_of(other, tmp_path)
    assert FLOOD not in str(path)
    assert owner_of(tmp_path / "examples" / "cat.jpg", tmp_path) == ""


def test_who_fills_the_disk_loses_his_own_files_and_nobody_elses(tmp_path):
    (first,) = put(OTHER, "first")
    flood = put(FLOOD, *map(str, range(6)))
    sweep(tmp_path, kept_bytes=4500)
    assert first.exists()
    assert sum(path.exists() for path in flood) == 3
    sweep(tmp_path, kept_bytes=1000)
    assert sum(path.exists() for path in [first, *flood]) == 0  # a half each is less than a file


def test_room_is_made_among_the_oldest(tmp_path):
    paths = put(FLOOD, "a", "b", "c")
    for path in paths[1:]:  # a file's own clock ticks by milliseconds
        os.utime(path)
    make_room(folder_of(FLOOD), 2500)
    assert [path.exists() for path in paths] == [False, True, True]


def asked(address, size):
    headers = {"content-length": str(size)}
    scope = {"headers": []}
    return SimpleNamespace(client=SimpleNamespace(host=address), headers=headers, scope=scope)


def test_an_address_has_a_share_of_what_arrives(monkeypatch):
    monkeypatch.setattr(owners, "ARRIVING_BYTES", 2500)
    arrived, ended = [], asyncio.Event()

    async def upload(request, folder):
        arrived.append(folder)
        await ended.wait()

    async def send():
        shared = SharedUploads(upload)
        flood = [asyncio.create_task(shared(asked(FLOOD, 1000), "")) for _ in range(2)]
        while len(arrived) < 2:
            await asyncio.sleep(0.01)
        with pytest.raises(HTTPException, match="429"):
            await shared(asked(FLOOD, 1000), "")
        other = asyncio.create_task(shared(asked(OTHER, 1000), ""))
        while len(arrived) < 3:
            await asyncio.sleep(0.01)
        ended.set()
        await asyncio.gather(*flood, other)
        await shared(asked(FLOOD, 1000), "")

    asyncio.run(send())
    assert arrived[0] == arrived[1] == arrived[3] == str(folder_of(FLOOD)) != arrived[2]
