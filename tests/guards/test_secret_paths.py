"""Every address with a secret in it is cut in our log and in the logs of the web servers in front."""

import re

import pytest
from flask import Flask

from core.log_privacy import SECRET_PATHS
from core.settings import PROJECT_ROOT

CONFIGURATIONS = sorted((PROJECT_ROOT / "docs" / "web-servers").iterdir())


@pytest.mark.one_database
def test_every_secret_address_is_known(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule]

    assert {rule.split("/")[1] for rule in rules} == set(SECRET_PATHS)


@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: path.name)
def test_web_servers_cut_the_same_addresses(path: object) -> None:
    listed = re.search(r"\(\?:([a-z|-]+)\)", path.read_text())  # type: ignore[attr-defined]

    assert listed is not None
    assert set(listed[1].split("|")) == set(SECRET_PATHS)
