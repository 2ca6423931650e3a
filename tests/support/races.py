"""Several people who act at the same moment, each in a thread and a session of their own."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence

from flask import Flask

from core.database import db
from core.errors import RuleError


def run_at_once(app: Flask, actions: Sequence[Callable[[], object]]) -> Counter[str]:
    """Do all, starting together. Counts the outcomes: "done", the name of a broken rule, or another error."""
    db.session.commit()
    outcomes: Counter[str] = Counter()
    gate = threading.Barrier(len(actions))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                act()
                db.session.commit()
                outcomes["done"] += 1
            except RuleError as error:
                outcomes[type(error).__name__] += 1
            except Exception as error:
                outcomes[repr(error)] += 1

    threads = [threading.Thread(target=run, args=(act,)) for act in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    return outcomes
