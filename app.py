"""Serves the GEC-AT app: `python app.py`, then open the address that it prints."""

import argparse
import tempfile

from gecat.app.build import build, launch_options


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=None, help="port (default: 7860 or the next)")
    parser.add_argument("--weights", default=None, help="weights file (default: the shipped one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gecat-") as folder:
        demo = build(folder, options.weights)
        demo.launch(server_name=options.host, server_port=options.port, **launch_options())


if __name__ == "__main__":
    main()
