import socket

import pytest

from gecat.app.access import read_access

KEY = "k" * 16


def test_nothing_is_asked_for_by_itself():
    access = read_access({})
    assert (access.accounts, access.operator_key) == ({}, None)
    assert access.hosts == {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}


def test_secrets_are_taken_out_of_the_environment_and_shown_nowhere():
    environment = {"GECAT_AUTH": "ann:a:b", "GECAT_OPERATOR_KEY": KEY, "HOME": "/"}
    access = read_access(environment)
    assert (access.accounts, access.operator_key) == ({"ann": "a:b"}, KEY)
    assert environment == {"HOME": "/"}
    assert "a:b" not in repr(access) and KEY not in repr(access)


def test_a_file_holds_many_users(tmp_path):
    (tmp_path / "users").write_text("ann:secret one\nbob:geheim\n")
    access = read_access({"GECAT_AUTH": str(tmp_path / "users")})
    assert access.accounts == {"ann": "secret one", "bob": "geheim"}


@pytest.mark.parametrize("secret", ["ann", ":x", "ann:", "/no/such/file", "ann:x\nbob", "", " \n"])
def test_what_is_no_account_keeps_the_app_from_starting(secret):
    with pytest.raises(ValueError, match="GECAT_AUTH"):
        read_access({"GECAT_AUTH": secret})


def test_a_key_that_could_be_guessed_is_not_told():
    with pytest.raises(ValueError, match="16 letters or more") as caught:
        read_access({"GECAT_OPERATOR_KEY": "short"})
    assert "short" not in str(caught.value)


def test_names_come_by_option_environment_and_space():
    access = read_access({"GECAT_HOSTS": "A.example., b.example"}, ["c.example"])
    assert {"a.example", "b.example", "c.example"} < access.hosts
    space = read_access({"SPACE_ID": "me/gecat", "SPACE_HOST": "me-gecat.hf.space"})
    assert {"me-gecat.hf.space", "*.hf.space"} < space.hosts
