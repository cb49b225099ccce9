"""What a server remembers of a browser's session: its state, and no copy of the page.

Gradio describes the whole page anew for each of 10,000 sessions, and keeps that: 0.8 MB and 50 ms,
in which it answers nobody. Whoever makes up a name has a session, and so has every call of a
program. Only its deep links, which are off, need such a description.
"""

from collections import ChainMap

from gradio.blocks import BlocksConfig
from gradio.state_holder import SessionState, StateHolder

SESSIONS = 2000  # that are remembered; the one unused for longest goes first
CLOSED_SECONDS = 3600  # that the state of a page is kept which was closed, or whose phone sleeps


class Sessions(StateHolder):
    """Gradio's StateHolder without copies of the page."""

    def set_blocks(self, blocks):
        super().set_blocks(blocks)
        self.capacity = SESSIONS

    def __getitem__(self, session_id):
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


class Session(SessionState):
    """Gradio's SessionState of a page whose events stay as they are: no `gr.render` adds any.

    Args:
        blocks: gr.Blocks; of its components a session has those of its own that were updated.
    """

    def __init__(self, blocks):
        page = blocks.default_config
        self.blocks_config = BlocksConfig(blocks)
        self.blocks_config.blocks = ChainMap({}, page.blocks)
        self.blocks_config.fns = page.fns
        self.config_values = _NOTHING
        self.state_data = {}
        self._state_ttl = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = CLOSED_SECONDS


class _Nothing(dict):
    """A dict that holds an empty dict at every key, whatever is put in."""

    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return {}

    def __setitem__(self, key, value):
        pass


_NOTHING = _Nothing()
