"""The head of the pages as they are sent, before any script has run."""

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.testclient import TestClient

from gecat.app.ui.page_head import SCRIPTS, STATIC, PageHead, page_head

PAGE = '<!doctype html><html lang="en"><head><title>t</title></head><body lang="en"></body></html>'


async def gradio(scope, receive, send):
    kind = PlainTextResponse if scope["path"].startswith("/gradio_api") else HTMLResponse
    await kind(PAGE)(scope, receive, send)


def test_every_page_has_the_head_and_its_language():
    client = TestClient(PageHead(gradio, "<meta name=x>"))
    for path, language in (("/", "en"), ("/zh", "zh-CN"), ("/zh/", "zh-CN")):
        answer = client.get(path)
        assert answer.text == PAGE.replace('lang="en"', f'lang="{language}"', 1).replace(
            "<head>", "<head><meta name=x>"
        )
        assert int(answer.headers["content-length"]) == len(answer.content)


def test_what_is_no_page_stays_as_it_is():
    client = TestClient(PageHead(gradio, "<meta name=x>"))
    assert client.get("/gradio_api/info").text == PAGE
    assert client.post("/").text == PAGE


def test_the_head_says_what_the_page_is_and_brings_its_script():
    head = page_head()
    assert '<meta name="description"' in head and "window.gecat" in head
    assert head.count("<script>") == head.count("</script>") == len(SCRIPTS)
    assert set(SCRIPTS) == {path.name for path in STATIC.glob("*.js")}
