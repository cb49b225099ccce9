"""The endpoints as tools of assistants, by the Model Context Protocol."""
