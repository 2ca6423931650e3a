"""Every export, opened by a program that is not ours."""

import csv
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from flask import Flask
from lxml import etree

from core.database import db
from core.settings import PROJECT_ROOT
from evidence.answers import record_answer
from evidence.models import Call
from review.exports.export_kinds import ExportFormat
from review.exports.export_options import LAYOUTS, UnknownExportError, build_options
from tests.support import make_exports, make_review
from tests.support.make_exports import FIRST, FORMULA, RIGHT_TO_LEFT, SPOKEN
from transcripts.importing import read_transcript

pytestmark = pytest.mark.one_database
SCHEMA = PROJECT_ROOT / "tests" / "data" / "refi-qda-project.xsd"
QDA = {"q": "urn:QDA-XML:project:1.0"}
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def call(app: Flask) -> Call:
    return make_exports.evidence_to_export()


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_project(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as packed:
        root = etree.fromstring(packed.read("project.qde"))
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    schema.assertValid(root)
    return root


def test_no_cell_of_a_csv_is_a_formula(call: Call, tmp_path: Path) -> None:
    make_exports.write(call, tmp_path / "out.csv", "csv")

    rows = read_csv(tmp_path / "out.csv")
    assert len(rows) == 3
    assert {row[FIRST] for row in rows} == {f"'{FORMULA}", RIGHT_TO_LEFT, SPOKEN[1]}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@", "-"))]


def test_a_csv_of_answers_has_a_row_for_each_with_where_it_was_said(call: Call, tmp_path: Path) -> None:
    make_exports.write(call, tmp_path / "out.csv", "csv", "answers")

    answered = [row for row in read_csv(tmp_path / "out.csv") if row["Answer"]]
    assert [row["From"] for row in answered if row["Type"] == "Interview"] == ["1: 0:00:10–0:00:20"]
    assert len(answered) == 4


def test_a_workbook_opens_with_the_words_and_a_dictionary(call: Call, tmp_path: Path) -> None:
    make_exports.write(call, tmp_path / "out.xlsx", "xlsx")

    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["About", "Contributions", "Answers", "Themes", "Quotes", "Long texts"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    texts = {str(cell.value) for cell in cells}
    assert {FORMULA, RIGHT_TO_LEFT, SPOKEN[1], "Two\n\nparagraphs."} <= texts
    headings = {str(cell.value) for sheet in book for cell in sheet[1] if sheet.title in {"Contributions", "Answers"}}
    assert headings - {None} <= texts


def test_a_text_too_long_for_a_cell_is_whole_in_another_sheet(call: Call, tmp_path: Path) -> None:
    text = "Ω long 😀 " * 120_000
    answer = record_answer(make_review.written_contribution(call), FIRST, "short", by=None)
    answer.text = text
    answer.contribution.participant.reference = "P-LONGA"
    db.session.flush()

    make_exports.write(call, tmp_path / "out.xlsx", "xlsx", reference="P-LONGA")

    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    rows = [row for row in book["Long texts"].iter_rows(min_row=2, values_only=True) if row[0] == "Answers"]
    assert hash("".join(str(row[3]) for row in rows)) == hash(text)  # a difference would take minutes to print


@pytest.mark.parametrize("layout", LAYOUTS[ExportFormat.DOCX][:3])
def test_a_word_file_has_headings_and_all_answers(call: Call, tmp_path: Path, layout: str) -> None:
    exported = make_exports.write(call, tmp_path / "out.docx", "docx", layout)

    document = Document(str(tmp_path / "out.docx"))
    headings = [one.text for one in document.paragraphs if str(one.style and one.style.name).startswith("Heading")]
    texts = "\n".join(one.text for one in document.paragraphs)
    assert exported.questions[0].prompt in headings
    for words in (FORMULA, RIGHT_TO_LEFT, SPOKEN[1], "paragraphs."):
        assert words in texts


@pytest.mark.parametrize(("format_name", "layout"), [("vtt", ""), ("srt", ""), ("txt", ""), ("docx", "transcripts")])
def test_a_transcript_is_imported_again_without_loss(call: Call, tmp_path: Path, format_name: str, layout: str) -> None:
    exported = make_exports.write(call, tmp_path / "out", format_name, layout)

    content = (tmp_path / "out").read_bytes()
    read = read_transcript(content)
    turns = next(exported.iter_transcripts())[1].turns
    assert [one.text for one in read.spoken.segments] == [turn.text for turn in turns] == list(SPOKEN)
    assert [(one.start, one.end) for one in read.spoken.segments] == [(turn.start, turn.end) for turn in turns]
    assert not content.startswith(BOM)


@pytest.mark.parametrize("layout", ["nvivo", "maxqda"])
def test_a_text_for_another_program_keeps_words_and_seconds(call: Call, tmp_path: Path, layout: str) -> None:
    make_exports.write(call, tmp_path / "out", "txt", layout)

    read = read_transcript((tmp_path / "out").read_bytes())
    assert [one.text for one in read.spoken.segments] == list(SPOKEN)
    assert [one.start for one in read.spoken.segments] == [0.0, 10.0, 20.0]


def test_several_transcripts_are_one_zip_named_by_reference(call: Call, tmp_path: Path) -> None:
    make_exports.interview(call, "Fay")

    exported = make_exports.write(call, tmp_path / "out.zip", "vtt")

    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert sorted(packed.namelist()) == sorted(f"{one.reference}-1.vtt" for one, _ in exported.iter_transcripts())


@pytest.mark.parametrize("layout", ["contributions", "questions"])
def test_a_project_is_valid_and_its_codes_are_on_the_same_words(call: Call, tmp_path: Path, layout: str) -> None:
    exported = make_exports.write(call, tmp_path / "out.qdpx", "qdpx", layout)

    root = read_project(tmp_path / "out.qdpx")
    names = {code.get("guid"): code.get("name") for code in root.iterfind(".//q:Codes/q:Code", QDA)}
    assert list(names.values()) == [item.prompt for item in exported.questions]
    coded = {(names[code], words) for code, words in list_coded_words(root, tmp_path / "out.qdpx")}
    prompts = {item.key: item.prompt for item in exported.questions}
    assert coded == {
        (prompts[key], answer.text) for one in exported.contributions for key, answer in one.answers.items()
    }
    assert len(root.findall(".//q:Case", QDA)) == 3


def list_coded_words(root: etree._Element, path: Path) -> list[tuple[str, str]]:
    found = []
    with zipfile.ZipFile(path) as packed:
        for source in root.iterfind(".//q:TextSource", QDA):
            content = packed.read("sources/" + str(source.get("plainTextPath")).removeprefix("internal://"))
            assert b"\r" not in content
            assert not content.startswith(BOM)
            for selection in source.iterfind("q:PlainTextSelection", QDA):
                start, end = int(str(selection.get("startPosition"))), int(str(selection.get("endPosition")))
                code = selection.find("q:Coding/q:CodeRef", QDA)
                assert code is not None
                found.append((str(code.get("targetGUID")), content.decode()[start:end]))
    return found


def test_themes_and_quotes_leave_with_their_words(call: Call, tmp_path: Path) -> None:
    """One on typed words, one on spoken words."""
    themes = make_exports.add_themes_and_quote(call)

    for format_name in ("qdpx", "xlsx", "docx"):
        make_exports.write(call, tmp_path / f"out.{format_name}", format_name)

    root = read_project(tmp_path / "out.qdpx")
    names = {code.get("guid"): code.get("name") for code in root.iterfind(".//q:Code", QDA)}
    coded = {(names[code], words) for code, words in list_coded_words(root, tmp_path / "out.qdpx")}
    assert {("Waiting", "Two"), ("Being alone", "waited for")} <= coded
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert {row[3] for row in book["Themes"].iter_rows(min_row=2, values_only=True)} == {"Two", "waited for"}
    assert [row[1] for row in book["Quotes"].iter_rows(min_row=2, values_only=True)] == ["waited for"]
    texts = [one.text for one in Document(str(tmp_path / "out.docx")).paragraphs]
    assert {"Themes", "Quotes", *themes} <= set(texts)


def test_two_projects_of_the_same_evidence_are_equal(call: Call, tmp_path: Path) -> None:
    for name in ("one", "other"):
        make_exports.write(call, tmp_path / name, "qdpx", has_sound=True)

    with zipfile.ZipFile(tmp_path / "one") as one, zipfile.ZipFile(tmp_path / "other") as other:
        assert {name: one.read(name) for name in one.namelist()} == {name: other.read(name) for name in one.namelist()}


def test_sound_comes_with_its_transcript_and_sync_points(call: Call, tmp_path: Path) -> None:
    make_exports.write(call, tmp_path / "out.qdpx", "qdpx", has_sound=True)

    root = read_project(tmp_path / "out.qdpx")
    source = root.find(".//q:AudioSource", QDA)
    assert source is not None
    points = {
        point.get("guid"): (int(str(point.get("timeStamp"))), int(str(point.get("position"))))
        for point in source.iterfind("q:Transcript/q:SyncPoint", QDA)
    }
    selection = source.find("q:Transcript/q:TranscriptSelection", QDA)
    assert selection is not None
    (start, first), (end, last) = points[selection.get("fromSyncPoint")], points[selection.get("toSyncPoint")]
    assert (start, end) == (10_000, 20_000)
    with zipfile.ZipFile(tmp_path / "out.qdpx") as packed:
        path = str(source.get("path")).removeprefix("internal://")
        assert packed.read(f"sources/{path}").startswith(b"RIFF")
        transcript = source.find("q:Transcript", QDA)
        assert transcript is not None
        text = packed.read("sources/" + str(transcript.get("plainTextPath")).removeprefix("internal://")).decode()
    assert text[first:last] == SPOKEN[1]


def test_a_codebook_has_the_same_codes_as_the_project(call: Call, tmp_path: Path) -> None:
    make_exports.write(call, tmp_path / "out.qdc", "qdc")
    make_exports.write(call, tmp_path / "out.qdpx", "qdpx")

    alone = etree.parse(str(tmp_path / "out.qdc")).getroot()
    codes = [code.get("guid") for code in alone.iter("{urn:QDA-XML:codebook:1.0}Code")]
    assert codes == [code.get("guid") for code in read_project(tmp_path / "out.qdpx").iterfind(".//q:Code", QDA)]


def test_no_file_has_a_name(call: Call, tmp_path: Path) -> None:
    """The interviewed person is called Dev, and so are the writers."""
    for format_name in ExportFormat:
        make_exports.write(call, tmp_path / format_name.value, format_name.value)

    assert "Dev" not in (tmp_path / "json").read_text()
    assert "Dev" not in (tmp_path / "csv").read_text(encoding="utf-8-sig")


def test_json_has_everything(call: Call, tmp_path: Path) -> None:
    make_exports.write(call, tmp_path / "out.json", "json")

    data = json.loads((tmp_path / "out.json").read_text())
    assert [len(one["transcripts"]) for one in data["contributions"]].count(1) == 1
    assert data["call"]["slug"] == "waiting"


def test_an_unknown_layout_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownExportError, match="contributions, answers, turns"):
        build_options("csv", "report")
