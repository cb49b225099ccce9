import asyncio

import gradio as gr
import pytest
import safehttpx

from gecat.app.ui.guard import fetch_nothing, guarded


@pytest.fixture
def asked(monkeypatch):
    """The addresses that Gradio asks for."""
    addresses = []

    async def get(url, *args, **kwargs):
        addresses.append(url)
        raise OSError("no network")

    monkeypatch.setattr(safehttpx, "get", get)
    return addresses


@pytest.mark.parametrize("address", ["https://example.org/a.png", "http://127.0.0.1:1/a.png"])
def test_no_address_is_fetched_for_anybody(asked, address, monkeypatch):
    with gr.Blocks():
        picture = gr.Image()
    with pytest.raises(ValueError, match="Received: an address"):
        asyncio.run(picture.async_move_resource_to_block_cache(address))
    with pytest.raises(ValueError, match="Received: an address"):
        picture.move_resource_to_block_cache(address)
    assert asked == []


def test_gradio_itself_would_fetch_it(asked):
    """The positive control: what is replaced is what fetches."""
    import importlib.util

    from gradio import processing_utils

    assert processing_utils.async_ssrf_protected_download is fetch_nothing
    spec = importlib.util.spec_from_file_location("untouched", processing_utils.__file__)
    untouched = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(untouched)
    with pytest.raises(OSError, match="no network"):
        asyncio.run(untouched.async_ssrf_protected_download("https://example.org/a.png", "/tmp"))
    assert asked


def test_what_a_launch_is_given():
    assert [part.cls.__name__ for part in guarded()["middleware"]] == [
        "KnownHosts",
        "Locked",
        "KnownRoutes",
        "BoundedRequests",
        "ToolCalls",
        "CheckedCalls",
        "PageHead",
    ]
