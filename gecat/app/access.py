"""Who an operator lets in: names of hosts, accounts, and the operator's own key.

Secrets come by the environment or a file. On a command line every user of the machine would see
them, and the processes of trainings do not inherit them.
"""

import socket
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

HOSTS, AUTH, OPERATOR_KEY = "GECAT_HOSTS", "GECAT_AUTH", "GECAT_OPERATOR_KEY"
SHORTEST_KEY = 16


@dataclass(frozen=True)
class Access:
    """Who may come in.

    Attributes:
        hosts: names that the app is reached by, beside localhost and addresses; "*.NAME" for all
            below a name, "*" for any.
        accounts: users and their passwords; none where no password is asked for.
        operator_key: opens the view of all runs; None where there is no such view.
    """

    hosts: frozenset[str] = frozenset()
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    operator_key: str | None = field(default=None, repr=False)


def read_access(environment: MutableMapping[str, str], hosts: Iterable[str] = ()) -> Access:
    """Reads what the environment says, and takes the secrets out of it.

    Args:
        environment: as os.environ; hosts: names that were given otherwise.

    Raises:
        ValueError: if something there is none of what it should be; the secret is not told.
    """
    own = socket.gethostname().lower()
    names = {own, f"{own}.local", *hosts, *environment.get(HOSTS, "").split(",")}
    if environment.get("SPACE_ID"):  # a Space of Hugging Face
        names |= {environment.get("SPACE_HOST", ""), "*.hf.space"}
    key = _secret(environment, OPERATOR_KEY)
    if key is not None and len(key) < SHORTEST_KEY:
        raise ValueError(f"{OPERATOR_KEY} needs {SHORTEST_KEY} letters or more")
    accounts = {}
    for line in (_secret(environment, AUTH) or "").splitlines():
        user, colon, password = line.partition(":")
        if not (user and colon and password):
            raise ValueError(f"{AUTH} takes user:password, or a file with one such line a user")
        accounts[user] = password
    cleaned = (name.strip().lower().rstrip(".") for name in names)
    return Access(frozenset(filter(None, cleaned)), accounts, key)


def _secret(environment, name):
    """A secret itself, or what the file that it names holds; None where there is none."""
    value = environment.pop(name, None)
    if value is None:
        return None
    try:
        if Path(value).is_file():
            value = Path(value).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(f"the file of {name} cannot be read") from error
    if not value.strip():  # forgotten is not the same as not wanted
        raise ValueError(f"{name} is empty")
    return value.strip()
