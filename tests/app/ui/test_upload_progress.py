import asyncio

import pytest
from gradio import routes

from gecat.app.ui import guard  # noqa: F401 - it puts ours into Gradio
from gecat.app.ui.upload_progress import UPLOADS, UploadProgress


def test_gradio_asks_ours():
    assert isinstance(routes.file_upload_statuses, UploadProgress)


def test_a_made_up_name_leaves_nothing():
    progress = UploadProgress()

    async def ask(name):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(progress.is_tracked(name), timeout=0.01)

    async def ask_all():
        await asyncio.gather(*(ask(f"name {number}") for number in range(50)))

    asyncio.run(ask_all())
    assert not progress._signals and not progress._statuses


def test_whoever_waits_for_an_upload_is_told():
    progress = UploadProgress()

    async def follow():
        waiting = asyncio.create_task(progress.is_tracked("a"))
        await asyncio.sleep(0)
        progress.append("a", "a.png", b"123")
        assert await waiting
        assert progress.pop("a").chunk_size == 3
        progress.set_done("a")
        assert progress.is_done("a")
        progress.stop_tracking("a")

    asyncio.run(follow())
    assert not progress._signals and not progress._statuses


def test_uploads_that_nobody_follows_are_forgotten():
    progress = UploadProgress()
    for number in range(3 * UPLOADS):
        progress.append(f"name {number}", "a.png", b"1")
        progress.set_done(f"name {number}")
    assert len(progress._statuses) == UPLOADS >= len(progress._signals)
