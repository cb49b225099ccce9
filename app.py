"""Serves the GEC-AT app: `python app.py`, then open the address that it prints."""

from gecat.app.main import main

if __name__ == "__main__":
    main()
