"""The public endpoints as MCP's tools: what they are called with, and what they answer."""

import base64
import html
import inspect
import json
import mimetypes
import re
from pathlib import Path

import gradio as gr
from gradio.utils import get_function_description

from gecat.app.ui.owners import publish
from gecat.app.ui.uploads import path_of, uploaded_path
from gecat.errors import UserError

DATA = re.compile(r"data:image/([a-z0-9.+-]{1,20});base64,", re.IGNORECASE)
FILE = (
    "A data URI (data:image/png;base64,...), or the path that POST /gradio_api/upload has answered "
    "or a tool has returned; no address is fetched."
)
FILES = gr.File | gr.Image
SHOWN_BYTES = 400_000  # of a picture that is shown beside its address


def describe(blocks):
    """Returns the tools as `tools/list` tells them.

    Args:
        blocks: gr.Blocks.
    """
    return [_described(fn) for fn in _endpoints(blocks).values()]


def values_of(blocks, name, arguments, origin):
    """Returns what an endpoint is called with: files that come as text become uploads.

    Args:
        blocks: gr.Blocks; name: of a tool.
        arguments: dict, as a client sends it; origin: whose files they are.

    Raises:
        LookupError: if there is no such tool.
        UserError: if a file is none.
    """
    parts = _parts(_endpoints(blocks)[name])
    return {
        key: file_of(key, value, origin) if isinstance(parts.get(key), FILES) else value
        for key, value in arguments.items()
    }


def answer_of(blocks, name, values):
    """Returns the result of `tools/call`.

    Args:
        blocks: gr.Blocks; name: of a tool.
        values: list of what the endpoint has answered.
    """
    labels = [block.label for block in _endpoints(blocks)[name].outputs]
    told = {label: _told(value) for label, value in zip(labels, values, strict=True)}
    shown = [picture for value in values if (picture := _shown(value))]
    return {
        "content": [{"type": "text", "text": json.dumps(told, ensure_ascii=False)}, *shown],
        "structuredContent": told,
        "isError": False,
    }


def refusal_of(message):
    """Returns the result of `tools/call` that tells what is wrong.

    Args:
        message: of an endpoint, as a page shows it.
    """
    sentence = html.unescape(re.sub(r"<[^>]*>", " ", str(message))).strip()
    return {"content": [{"type": "text", "text": sentence}], "isError": True}


def file_of(name, value, origin=None):
    """Returns an uploaded file as Gradio names it; what is neither text nor list is checked later.

    Args:
        name: of the value; value: text, or a list of such; origin: whose file it is.

    Raises:
        UserError: if it names no file that was sent.
    """
    if isinstance(value, list):
        return [file_of(name, part, origin) for part in value]
    if not isinstance(value, str):
        return value
    data = DATA.match(value)
    if data is None:
        if "://" in value[:40] or value.startswith("data:"):
            raise UserError("page.bad_file", received=value[:40])
        return {"path": value}
    try:
        content = base64.b64decode(value[data.end() :], validate=True)
    except ValueError:
        raise UserError("page.bad_file", received=value[:40]) from None
    (path,) = publish({f"{name}.{data[1].lower()}": content}, origin)
    return {"path": path}


def _endpoints(blocks):
    public = [fn for fn in blocks.fns.values() if fn.api_visibility == "public"]
    return {fn.api_name: fn for fn in public}


def _parts(fn):
    return dict(zip(inspect.signature(fn.fn).parameters, fn.inputs, strict=False))


def _described(fn):
    description, told, returns = get_function_description(fn.fn)
    parts = _parts(fn)
    needed = inspect.signature(inspect.unwrap(fn.fn)).parameters.values()
    schemas = {name: _schema(block, told[name]) for name, block in parts.items()}
    return {
        "name": fn.api_name,
        "description": f"{description} Returns: {' '.join(returns)}",
        "inputSchema": {
            "type": "object",
            "properties": schemas,
            "required": [
                value.name
                for value in needed
                if value.name in schemas and value.default is value.empty
            ],
            "additionalProperties": False,
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    }


def _schema(block, told):
    told = told[:1].upper() + told[1:]
    if isinstance(block, FILES):
        file = {"type": "string", "description": f"{told} {FILE}"}
        several = {"type": "array", "items": {"type": "string"}, "description": f"{told} {FILE}"}
        return several if getattr(block, "file_count", "single") == "multiple" else file
    if isinstance(block, gr.JSON):
        schema = {"type": "array", "items": {"type": "object"}}
    elif isinstance(block, gr.Checkbox):
        schema = {"type": "boolean"}
    else:
        schema = {"type": "number", "minimum": block.minimum, "maximum": block.maximum}
    given = {} if block.value is None else {"default": block.value}
    return {**schema, **given, "description": told}


def _told(value):
    """Of a file, where it lies: its path can be given to the next tool."""
    return {key: value[key] for key in ("path", "url")} if path_of(value) else value


def _shown(value):
    """A picture as MCP shows it, where it is small enough to be sent along."""
    kind = mimetypes.guess_type(path_of(value) or "")[0] or ""
    if not kind.startswith("image/"):
        return None
    data = Path(uploaded_path(value))
    if data.stat().st_size > SHOWN_BYTES:
        return None
    content = base64.b64encode(data.read_bytes()).decode()
    return {"type": "image", "data": content, "mimeType": kind}
