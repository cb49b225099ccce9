"""How the events of the tabs run, and how actions are bound to them: by names, in and out."""

import functools
import inspect
import json

import gradio as gr

# What asks the networks much is done one at a time. Of a photo to segment they are the least part,
# so several are worked on at once; a batch of them, a comparison, and files of full size wait in
# lines of their own. Drawing is cheap enough for two at once. Of a line of two or more no address
# takes all places.
NETWORK = {"concurrency_id": "network", "concurrency_limit": 1}
PHOTOS = {"concurrency_id": "photos", "concurrency_limit": 4}
BATCHES = {"concurrency_id": "batches", "concurrency_limit": 1}
COMPARISONS = {"concurrency_id": "comparisons", "concurrency_limit": 2}
WRITING = {"concurrency_id": "writing", "concurrency_limit": 4}
DRAWING = {"concurrency_id": "drawing", "concurrency_limit": 2}
# The last of many values or photos counts: by default Gradio drops what a chained event was sent
# while it ran. And the picture must not flicker meanwhile.
LIVE = {"trigger_mode": "always_last", "show_progress": "hidden"}
# Of what one event calls only one may wait so, and that is a change's default, too: after the wait
# Gradio 6.31 calls all of them again, and two that wait call each other, on a slow device for ever.
NEVER_WAITS = {"trigger_mode": "multiple"}
# Nobody waits behind others' photos for what is answered at once.
AT_ONCE = {"queue": False, "show_progress": "hidden"}
# Gradio 6.31 shows a refusal, and tells that a gr.State has changed, only where an event went
# through its queue; without a limit nothing waits there.
AT_ONCE_QUEUED = {"queue": True, "concurrency_limit": None, "show_progress": "hidden"}


def connect(event, action, inputs=None, outputs=None, **options):
    """Calls an action when something happens on the page.

    Values arrive as the page sends them: our own readers are bounded and say what is wrong.

    Args:
        event: of a component, like `button.click`, or a list of such.
        action: takes the names of `inputs`, and what Gradio hands over by itself; it returns a
            dict of new values by the names of `outputs`, and what it does not name stays as it is;
            or it yields several of them.
        inputs, outputs: dicts of components by name.
        **options: of the event; an action is private and takes raw values unless they say else.

    Returns:
        what the event returns, to chain others to.
    """
    inputs, outputs = inputs or {}, outputs or {}
    if isinstance(event, list):
        event = functools.partial(gr.on, event)
    names, signature = _signature(action, inputs)

    def shown(answer):
        if not outputs:
            return None
        return {outputs[name]: value for name, value in answer.items()} if answer else gr.skip()

    @functools.wraps(action)
    def call(*values):
        return shown(action(**dict(zip(names, values, strict=True))))

    @functools.wraps(action)
    def call_step_by_step(*values):
        answer = None
        for answer in action(**dict(zip(names, values, strict=True))):
            yield shown(answer)
        if answer is None:
            yield shown({})  # of an action that ends without a word Gradio empties all outputs

    if inspect.isgeneratorfunction(action):
        call = call_step_by_step
    call.__signature__ = signature
    options = {"api_visibility": "private", "preprocess": False, **options}
    return event(call, [*inputs.values()], [*outputs.values()], **options)


def connect_in_browser(event, values, outputs, inputs=None, first="", **options):
    """Gives components new values as soon as something happens: no server is asked.

    Args:
        event: as for `connect`.
        values: dict of new values by name, as JSON holds them.
        outputs: dict of components by name; others may be among them.
        inputs: list of components, or None.
        first: name of a function of the page's script that is called with their values, or "".
        **options: of the event.

    Returns:
        what the event returns.
    """
    if isinstance(event, list):
        event = functools.partial(gr.on, event)
    called = f"{first}(...given); " if first else ""
    js = f"(...given) => {{ {called}return {json.dumps([*values.values()])}; }}"
    return event(None, inputs, [outputs[name] for name in values], js=js, **options)


def news(shown, seen):
    """What an event that comes again and again has to send: only what has changed.

    Args:
        shown: dict of values by name, as JSON can hold them.
        seen: "seen" of the last answer to this page, or None.

    Returns:
        what has changed, and "seen", fingerprints of all.
    """
    prints = {name: hash(json.dumps(value, sort_keys=True)) for name, value in shown.items()}
    seen = seen or {}
    changed = {name: value for name, value in shown.items() if prints[name] != seen.get(name)}
    return changed | {"seen": prints}


def named(parts, *names):
    """Some attributes of an object, as a dict: components as `connect` takes them."""
    return {name: getattr(parts, name) for name in names}


def _signature(action, inputs):
    """The names of an action's parameters, those that are given first, and what Gradio is told.

    Gradio counts the parameters, and fills in what follows the given ones: progress, the event's
    data, defaults.
    """
    signature = inspect.signature(action)
    signature.bind_partial(**dict.fromkeys(inputs))  # whoever gives what it does not take is told
    given = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in inputs]
    rest = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.name not in inputs and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    return [*inputs, *(each.name for each in rest)], inspect.Signature([*given, *rest])
