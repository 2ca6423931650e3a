"""A view function, its endpoint and its template share a name, so that each is found from the others."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.source_files import PACKAGES, list_python_files, parse, relative_path

ROUTE_DECORATORS = {"route", "get", "post", "put", "patch", "delete"}
OTHER_TEMPLATES = {
    "evidence.open_link": "a link that no longer works shows the page on which to ask for another",
    "transcripts.show_recording_progress": "a part of a page, which the page itself includes too",
    "transcripts.show_upload_progress": "the same",
    "transcripts.show_model_progress": "the same",
    "review.list_export_files": "the same",
    "accounts.create_recovery_codes": "shows them once, like the page on which they are first made",
    "interviews.preview_wording": "shows the form on which the wording is changed, with its preview",
}


@dataclass(frozen=True, slots=True)
class View:
    path: Path
    node: ast.FunctionDef
    routes: tuple[ast.Call, ...]

    @property
    def endpoint(self) -> str:
        return f"{relative_path(self.path).split('/')[0]}.{self.node.name}"

    @property
    def templates(self) -> set[str]:
        return {
            call.args[0].value
            for call in ast.walk(self.node)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "render_template"
            if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
        }


def list_views() -> Iterator[View]:
    for path in list_python_files(*PACKAGES):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.FunctionDef) and (routes := _list_routes(node)):
                yield View(path, node, routes)


def test_there_are_views_to_look_at() -> None:
    assert len(list(list_views())) > 100


def test_a_template_is_named_like_its_view() -> None:
    views = [view for view in list_views() if len(view.templates) == 1 and view.endpoint not in OTHER_TEMPLATES]

    named = {view.endpoint: next(iter(view.templates)) for view in views}

    assert {view: page for view, page in named.items() if Path(page).stem != view.split(".")[1]} == {}


def test_an_endpoint_is_named_like_its_function() -> None:
    renamed = [view.endpoint for view in list_views() for route in view.routes if _has_endpoint(route)]

    assert renamed == []


def test_views_are_in_their_packages_folder_of_views() -> None:
    assert [view.endpoint for view in list_views() if "views" not in view.path.parts] == []


def test_exceptions_are_still_needed() -> None:
    names = {view.endpoint: view.templates for view in list_views()}

    assert {name for name in OTHER_TEMPLATES if name not in names} == set()
    assert [name for name in OTHER_TEMPLATES if Path(next(iter(names[name]))).stem == name.split(".")[1]] == []


def _list_routes(node: ast.FunctionDef) -> tuple[ast.Call, ...]:
    calls = [decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call)]
    return tuple(call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in ROUTE_DECORATORS)


def _has_endpoint(route: ast.Call) -> bool:
    return any(keyword.arg == "endpoint" for keyword in route.keywords)
