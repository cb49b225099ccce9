"""Answers that nobody fetches: Gradio keeps them, pictures and all, for 2,000 sessions.

Who asks again and again and never listens would fill the memory.
"""

from gradio.server_messages import ServerMessage

OF_A_SESSION = 12  # answers
SESSIONS_OF_AN_ADDRESS = 32  # that have messages to fetch


class Unfetched:
    """What a Queue of Gradio's keeps for those who have asked.

    Args:
        queue: Gradio's Queue.
    """

    def __init__(self, queue):
        self._queue = queue
        self._asked = {}  # address by session; who asked last is last

    def is_full(self, session):
        """Whether a session leaves so many answers that it gets no more."""
        messages = self._queue.pending_messages_per_session.get(session)
        kept = () if messages is None else messages._queue
        answers = sum(message.msg == ServerMessage.process_completed for message in kept)
        return answers >= OF_A_SESSION

    async def make_room(self, session, origin):
        """Forgets what lies there for sessions of an address, but for those that asked last.

        Args:
            session: that has just asked; origin: its address, as `origin_of` tells it.
        """
        messages = self._queue.pending_messages_per_session
        self._asked.pop(session, None)
        self._asked = {one: of for one, of in self._asked.items() if one in messages}
        self._asked[session] = origin
        left = [one for one, of in self._asked.items() if of == origin and messages[one].qsize()]
        for one in left[:-SESSIONS_OF_AN_ADDRESS]:
            await self._queue.clean_events(session_hash=one)
            messages.pop(one, None)
