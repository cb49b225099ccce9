"""Looks at every call of an action before Gradio does: what makes no sense is told in a sentence.

Gradio trusts that a call is one of its page's. What else comes it answers with nothing, and writes
pages of traceback into the log.
"""

import inspect
import json
import re
from pathlib import Path

import gradio as gr

from gecat.app.ui.answers import language_of, plain, told, words_of
from gecat.app.ui.bodies import read_json, receive_again, whole_body
from gecat.app.ui.uploads import uploaded_path
from gecat.errors import ImageError, UserError
from gecat.i18n import say

CALL = re.compile(r"/gradio_api/(?:queue/join|(run|api|call/v2|call)/([^/]+))/?")
KEPT = ("data", "fn_index", "session_hash", "event_data", "trigger_id")  # of a body
SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
LARGEST = 1e9  # of numbers that a page sends


class CheckedCalls:
    """ASGI middleware that lets only such calls through as Gradio and the actions can take.

    Args:
        app: the ASGI application behind it; before it the bodies of requests are bounded.
    """

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        call = _call_of(scope) if scope["type"] == "http" else None
        if call is None:
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        if body is None:
            return  # who asks has gone
        try:
            body = checked_call(scope["app"].get_blocks(), *call.groups(), body)
        except LookupError:
            await plain(words_of(scope).no_sense, 400)(scope, receive, send)
            return
        except UserError as error:
            sentence = say(error, language_of(scope))
            await told(sentence, 400)(scope, receive, send)
            return
        length = (b"content-length", str(len(body)).encode())
        headers = [pair for pair in scope["headers"] if pair[0] != length[0]]
        again = receive_again(body, receive)
        await self._app({**scope, "headers": [*headers, length]}, again, send)


def _call_of(scope):
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return CALL.fullmatch(path) if scope["method"] == "POST" else None


def checked_call(blocks, way, name, body):
    """Checks a call of an action.

    Args:
        blocks: gr.Blocks; way, name: of the path, None for the queue's; body: bytes.

    Returns:
        bytes: the body, of nothing but what a page sends.

    Raises:
        LookupError: if there is no such action, or this is no call at all.
        UserError: if it was called with what it does not take.
    """
    try:
        asked = read_json(body)
    except ValueError as error:
        raise LookupError from error
    if not isinstance(asked, dict):
        raise LookupError
    action = _action(blocks, way, name, asked)
    if way == "call/v2":
        return json.dumps(checked_names(action, asked)).encode()
    _check_session(asked, needed=way is None)
    _check_event(blocks, action, asked)
    check_values(action, asked.get("data"), simple=way == "call")
    return json.dumps({key: asked[key] for key in KEPT if key in asked}).encode()


def check_values(action, values, simple=False):
    """Checks what an action is called with.

    Args:
        action: Gradio's BlockFunction; values: a list, one for each of its inputs.
        simple: whether the inputs that a program never sees may be left out.

    Raises:
        UserError: if it does not take this.
    """
    blocks = action.inputs
    if not isinstance(values, list):
        raise LookupError
    if simple and len(values) != len(blocks):
        blocks = [block for block in blocks if not block.skip_api]
    if len(values) != len(blocks):
        raise UserError("page.bad_count", limit=len(blocks), received=len(values))
    for block, value in zip(blocks, values, strict=True):
        check_value(block, value)


def checked_names(action, asked):
    """Checks what an action is called with by names.

    Args:
        action: Gradio's BlockFunction; asked: dict.

    Returns:
        dict: the same, and nothing for what has no value of its own and was left out; the action
        says what it misses.

    Raises:
        UserError: if it does not take this.
    """
    blocks = dict(zip(inspect.signature(action.fn).parameters, action.inputs, strict=False))
    for name in asked:
        if name not in blocks:
            raise UserError("page.bad_name", allowed=list(blocks), received=name[:40])
    for name, block in blocks.items():
        check_value(block, asked.get(name))
    return {name: None for name, block in blocks.items() if block.value is None} | asked


def check_value(block, value):
    """Checks what is sent for one component; nothing is always taken, states are the server's own.

    Args:
        block: a component; value: what JSON holds.

    Raises:
        UserError: if it does not take this.
    """
    if value is None or block.stateful:
        return
    if isinstance(block, gr.JSON):
        fits = not _names_files(value)
    elif getattr(block, "data_model", None):
        _check_files(value)
        fits = _is_model(block.data_model, value)
    else:
        fits = _fits(block, value)
    if not fits:
        label = getattr(block, "label", None) or type(block).__name__
        raise UserError("page.bad_value", name=label, received=repr(value)[:40])


def _fits(block, value):
    if isinstance(block, gr.Dataset):
        return _is_index(value) and value < len(block.samples)
    if isinstance(block, gr.Slider | gr.Number):
        return _is_number(value)
    if isinstance(block, gr.Checkbox):
        return isinstance(value, bool)
    if isinstance(block, gr.CheckboxGroup):
        return isinstance(value, list) and all(map(_is_choice, value))
    if isinstance(block, gr.BrowserState):
        return isinstance(value, dict) and all(
            part is None or _is_choice(part) for part in value.values()
        )
    return _is_choice(value)


def _check_files(value):
    """Whatever names a file names one that was uploaded, and is still there.

    It is told to be a file, as Gradio's own page tells it; a program need not know of that.
    """
    if isinstance(value, list):
        for part in value:
            _check_files(part)
    elif isinstance(value, dict) and (not value or {"path", "url"} & value.keys()):
        if not Path(uploaded_path(value)).is_file():
            raise UserError("page.forgotten")
        if not isinstance(value.get("orig_name"), str | None):
            raise ImageError("image.not_uploaded", received=repr(value["orig_name"])[:40])
        value["meta"] = {"_type": "gradio.FileData"}
    elif isinstance(value, dict):
        for part in value.values():
            _check_files(part)


def _names_files(value):
    """Whether anything in it could be taken for a file."""
    if isinstance(value, dict):
        return bool({"path", "url"} & value.keys()) or any(map(_names_files, value.values()))
    return isinstance(value, list) and any(map(_names_files, value))


def _is_model(model, value):
    try:
        model.model_validate(value, context={"validate_meta": True})
    except Exception:  # it runs Gradio's own code on what a stranger has sent
        return False
    return True


def _action(blocks, way, name, asked):
    index = asked.get("fn_index") if way in (None, "run", "api") else None
    if index is not None:
        found = [blocks.fns[index]] if _is_index(index) else []
    else:
        found = [action for action in blocks.fns.values() if way and action.api_name == name]
    if not found or found[0].fn is None:  # some act in the browser alone
        raise LookupError
    return found[0]


def _check_session(asked, needed):
    session = asked.get("session_hash")
    if (session is None and not needed) or (
        isinstance(session, str) and SESSION.fullmatch(session)
    ):
        return
    raise LookupError


def _check_event(blocks, action, asked):
    """What was clicked: a place of a picture, or the number of a thing."""
    trigger, data = asked.get("trigger_id"), asked.get("event_data")
    if trigger is not None and not _is_index(trigger):
        raise LookupError
    selects = [target for target, event in action.targets if event == "select"]
    if not selects or len(inspect.signature(action.fn).parameters) <= len(action.inputs):
        return
    index = data.get("index") if isinstance(data, dict) and "value" in data else None
    if isinstance(blocks.blocks[selects[0]], gr.Image):
        fits = isinstance(index, list) and len(index) == 2 and all(map(_is_number, index))
    else:
        fits = _is_index(index)
    if not fits:
        raise LookupError


def _is_number(value):
    whole = isinstance(value, int) and not isinstance(value, bool)
    return (whole or isinstance(value, float)) and abs(value) <= LARGEST


def _is_index(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _is_choice(value):
    return isinstance(value, str) or _is_number(value)
