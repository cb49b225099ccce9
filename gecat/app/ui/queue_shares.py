"""Who may wait for the networks, and how often: one visitor's flood turns nobody else away.

A visitor is known by the address of the connection, and by the session that the browser names.
"""

import math
import random
import time
from collections import Counter

from fastapi import HTTPException

from gecat.app.ui.addresses import origin_of
from gecat.app.ui.answers import words_of
from gecat.app.ui.unfetched import Unfetched

WAITING = 64  # events of all visitors
OF_AN_ADDRESS = 32  # waiting or running
OF_A_SESSION = 12
CONTROLS_OF_AN_ADDRESS = 16  # Start, Pause and the like, which wait for nothing


def share_queue(demo):
    """Gives a gr.Blocks a queue in which each visitor has a share.

    Args:
        demo: gr.Blocks.

    Returns:
        the same.
    """
    # One bound for all would turn away whoever comes last; past the queue nobody is counted.
    demo.queue(max_size=None, api_open=False)
    queue = demo._queue
    queue.ANALYTICS_MAX_EVENTS = 0  # else the last 10,000 are summed up after every one
    push, unfetched = queue.push, Unfetched(queue)

    async def push_within_share(body, request, username):
        if is_refused(queue, body, request) or unfetched.is_full(body.session_hash):
            # At 503 Gradio's page has words of its own, in English.
            status = 429 if "origin" in request.headers else 503
            raise HTTPException(status, words_of(request.scope).queue_full)
        forget_sessions(queue)
        pushed = await push(body=body, request=request, username=username)
        if pushed[0]:
            await unfetched.make_room(body.session_hash, origin_of(request))
        return pushed

    queue.push = push_within_share
    begun = {}
    queue.get_events = lambda: next_events(queue, begun)
    return demo


def forget_sessions(queue):
    """Forgets the events of sessions whose messages nobody has fetched, and Gradio has dropped."""
    if len(queue.pending_event_ids_session) > 2 * queue.pending_messages_per_session.max_size:
        for session in list(queue.pending_event_ids_session):
            if session not in queue.pending_messages_per_session:
                del queue.pending_event_ids_session[session]


def next_events(queue, begun):
    """The event that runs next: no address takes all places of a line, so others pass it.

    Who waits for a place is served in turn with the other addresses, however many events one of
    them has sent before.

    Args:
        queue: Gradio's Queue; begun: dict, when an event of a line and address began last.

    Returns:
        what `Queue.get_events` does: ([event], False, the line's name), or None.
    """
    lines = list(queue.event_queue_per_concurrency_id.items())
    random.shuffle(lines)
    running = Counter(
        (event.concurrency_id, origin_of(event.request))
        for events in queue.active_jobs
        for event in events or ()
    )
    for name, line in lines:
        limit = line.concurrency_limit or math.inf
        if line.current_concurrency >= limit:
            continue
        origins = {id(event): origin_of(event.request) for event in line.queue}
        for event in sorted(line.queue, key=lambda event: begun.get((name, origins[id(event)]), 0)):
            origin = origins[id(event)]
            if running[name, origin] < max(1, limit - 1):
                line.queue.remove(event)
                # Who has nothing more to wait for is forgotten.
                for known in [pair for pair in begun if pair[0] == name]:
                    if known[1] not in origins.values():
                        del begun[known]
                begun[name, origin] = time.monotonic()
                return [event], False, name
    return None


def is_refused(queue, body, request):
    """Whether an event is one too many, for its visitor or for all.

    Args:
        queue: Gradio's Queue; body: of the request to join it; request: that came.
    """
    waiting = [
        event for line in queue.event_queue_per_concurrency_id.values() for event in line.queue
    ]
    running = [event for events in queue.active_jobs for event in events or ()]
    asked = queue.blocks.fns.get(body.fn_index)
    control = asked is not None and _is_control(asked)
    alike = [event for event in waiting + running if _is_control(event.fn) == control]
    origin = origin_of(request)
    of_address = sum(origin_of(event.request) == origin for event in alike)
    if control:
        return of_address >= CONTROLS_OF_AN_ADDRESS
    of_session = sum(event.session_hash == body.session_hash for event in alike)
    return (
        of_session >= OF_A_SESSION
        or of_address >= OF_AN_ADDRESS
        or sum(not _is_control(event.fn) for event in waiting) >= WAITING
    )


def _is_control(fn):
    return fn.concurrency_limit is None
