"""What a server remembers of a browser's session: its state, and no copy of the page.

Gradio keeps the whole page with all that it shows for each of 10,000 sessions, 0.8 MB an empty
one, and whoever makes up a name has a session. Only its deep links, which are off, need that.
"""

from gradio.state_holder import StateHolder

SESSIONS = 2000  # that are remembered; the one unused for longest goes first


class Sessions(StateHolder):
    """Gradio's StateHolder without copies of the page."""

    def set_blocks(self, blocks):
        super().set_blocks(blocks)
        self.capacity = SESSIONS

    def __getitem__(self, session_id):
        state = super().__getitem__(session_id)
        state.config_values = _NOTHING
        return state


class _Nothing(dict):
    """A dict that holds an empty dict at every key, whatever is put in."""

    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return {}

    def __setitem__(self, key, value):
        pass


_NOTHING = _Nothing()
