"""The project file of a QDPX (REFI-QDA 1.0, 18 March 2019). Ids are uuid5, so that two exports are equal. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from lxml import etree

from review.exports.exported_call import ExportedCall, ExportedContribution, ExportedSound
from review.exports.qda_codebook import ORIGIN, add_codes
from review.exports.qda_texts import CodedRun, QdaText, SyncPoint
from review.exports.tables import format_local_day

PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
NAMESPACES: dict[Any, str] = {None: PROJECT_NAMESPACE}  # written without a prefix
MAX_PACKED_BYTES = 2_147_483_647
TEXT_VARIABLES = ("Type", "Respondent", "Kind of place", "What it shows", "Site", "Quoting", "Sharing")
DATE_VARIABLE = "Submitted"


class ProjectWriter:
    """Users, CodeBook, Variables, Cases, Sources, Description, in the order that the schema asks for."""

    def __init__(self, call: ExportedCall) -> None:
        self.call = call
        self.root = etree.Element(
            _tag("Project"), nsmap=NAMESPACES, name=call.title, origin=ORIGIN, creatingUserGUID=""
        )
        self.user_id = str(self.make_id("user"))
        self.root.set("creatingUserGUID", self.user_id)

    def make_id(self, what: object) -> UUID:
        return uuid5(self.call.id, str(what))

    def build(self, texts: Sequence[QdaText]) -> bytes:
        _add(_add(self.root, "Users"), "User", guid=self.user_id, name=ORIGIN)
        self.codes = add_codes(_add(self.root, "CodeBook"), self.call)
        if self.call.contributions:
            self._add_variables()
            self._add_cases(texts)
        if texts:
            self._add_sources(texts)
        _add(self.root, "Description").text = self._describe()
        return etree.tostring(self.root, xml_declaration=True, encoding="utf-8", pretty_print=True)

    def _add_variables(self) -> None:
        variables = _add(self.root, "Variables")
        for name in (*TEXT_VARIABLES, DATE_VARIABLE):
            kind = "Date" if name == DATE_VARIABLE else "Text"
            _add(variables, "Variable", guid=str(self._variable_id(name)), name=name, typeOfVariable=kind)

    def _add_cases(self, texts: Sequence[QdaText]) -> None:
        sources: defaultdict[UUID, list[UUID]] = defaultdict(list)
        runs: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for text in texts:
            is_shared = len(text.contribution_ids) > 1
            for contribution_id in text.contribution_ids if not is_shared else ():
                sources[contribution_id] += self._list_source_ids(text)
            for run in text.runs if is_shared else ():
                runs[run.contribution_id].append(run.id)
        cases = _add(self.root, "Cases")
        for one in self.call.contributions:
            self._add_case(cases, one, sources[one.id], runs[one.id])

    def _add_case(
        self, cases: Any, one: ExportedContribution, source_ids: Iterable[UUID], selection_ids: Iterable[UUID]
    ) -> None:
        case = _add(cases, "Case", guid=str(self.make_id(f"case {one.id}")), name=f"{one.reference} ({one.mode})")
        values = {
            "Type": one.mode_label,
            "Respondent": one.respondent_type,
            "Kind of place": "; ".join(one.area_types),
            "What it shows": one.finding,
            "Site": one.site,
            "Quoting": one.quoting,
            "Sharing": one.sharing,
        }
        for name, text in values.items():
            self._add_value(case, name, "TextValue", text)
        self._add_value(case, DATE_VARIABLE, "DateValue", format_local_day(one.submitted_at, self.call.zone))
        for source_id in source_ids:
            _add(case, "SourceRef", targetGUID=str(source_id))
        for selection_id in selection_ids:
            _add(case, "SelectionRef", targetGUID=str(selection_id))

    def _add_value(self, case: Any, name: str, kind: str, text: str) -> None:
        if text:
            value = _add(case, "VariableValue")
            _add(value, "VariableRef", targetGUID=str(self._variable_id(name)))
            _add(value, kind).text = text

    def _add_sources(self, texts: Sequence[QdaText]) -> None:
        sources = _add(self.root, "Sources")
        for text in texts:
            self._add_text_source(sources, text)
            if text.transcript is not None and text.transcript.sound is not None:
                self._add_audio_source(sources, text, text.transcript.sound)

    def _add_text_source(self, sources: Any, text: QdaText) -> None:
        source = _add(
            sources,
            "TextSource",
            guid=str(text.id),
            name=text.name,
            plainTextPath=build_text_path(text),
            creatingUser=self.user_id,
        )
        for run in text.runs:
            selection = _add(
                source,
                "PlainTextSelection",
                guid=str(run.id),
                name=self._name_run(text, run),
                startPosition=str(run.start),
                endPosition=str(run.end),
                creatingUser=self.user_id,
            )
            self._add_coding(selection, run, "coding")

    def _add_audio_source(self, sources: Any, text: QdaText, sound: ExportedSound) -> None:
        source = _add(
            sources,
            "AudioSource",
            guid=str(self.audio_id(text)),
            name=f"{text.name} (sound)",
            path=self.build_audio_path(text, sound),
            creatingUser=self.user_id,
        )
        transcript = _add(
            source,
            "Transcript",
            guid=str(self.make_id(f"audio transcript {text.id}")),
            name=text.name,
            plainTextPath=build_text_path(text),
            creatingUser=self.user_id,
        )
        points = _list_sync_points(text)
        for point in points:
            _add(
                transcript,
                "SyncPoint",
                guid=str(self._point_id(text, point)),
                timeStamp=str(point.milliseconds),
                position=str(point.position),
            )
        for run in text.runs:
            first, last = _bound_points(text, run)
            selection = _add(
                transcript,
                "TranscriptSelection",
                guid=str(self.make_id(f"transcript selection {run.id}")),
                name=self._name_run(text, run),
                fromSyncPoint=str(self._point_id(text, first)),
                toSyncPoint=str(self._point_id(text, last)),
                creatingUser=self.user_id,
            )
            self._add_coding(selection, run, "audio coding")

    def _add_coding(self, selection: Any, run: CodedRun, kind: str) -> None:
        coding = _add(selection, "Coding", guid=str(self.make_id(f"{kind} {run.id}")), creatingUser=self.user_id)
        _add(coding, "CodeRef", targetGUID=str(self.codes[run.code]))

    def _list_source_ids(self, text: QdaText) -> list[UUID]:
        has_sound = text.transcript is not None and text.transcript.sound is not None
        return [text.id, self.audio_id(text)] if has_sound else [text.id]

    def audio_id(self, text: QdaText) -> UUID:
        return self.make_id(f"audio {text.id}")

    def build_audio_path(self, text: QdaText, sound: ExportedSound) -> str:
        """Media of more than 2,147,483,647 bytes are referred to, not packed."""
        if sound.size_bytes > MAX_PACKED_BYTES:
            return f"relative:///{text.name.replace(' ', '-')}.{sound.extension}"
        return f"internal://{self.audio_id(text)}.{sound.extension}"

    def _variable_id(self, name: str) -> UUID:
        return self.make_id(f"variable {name}")

    def _point_id(self, text: QdaText, point: SyncPoint) -> UUID:
        return self.make_id(f"point {text.id} {point.position} {point.milliseconds}")

    def _name_run(self, text: QdaText, run: CodedRun) -> str:
        return " ".join(text.content[run.start : min(run.end, run.start + 60)].split())

    def _describe(self) -> str:
        left_out = f"{self.call.left_out} contributions are left out: the people concerned do not allow this use."
        return f"Made for {self.call.purpose} on {self.call.made_at:%Y-%m-%d}. {left_out if self.call.left_out else ''}"


def build_text_path(text: QdaText) -> str:
    return f"internal://{text.id}.txt"


def _list_sync_points(text: QdaText) -> list[SyncPoint]:
    """Of turns and of the ends of coded runs, each position once."""
    bounds = [point for run in text.runs for point in _bound_points(text, run)]
    return sorted({*text.sync_points, *bounds}, key=lambda point: (point.position, point.milliseconds))


def _bound_points(text: QdaText, run: CodedRun) -> tuple[SyncPoint, SyncPoint]:
    start, end = text.run_times[run.id]
    return SyncPoint(run.start, start), SyncPoint(run.end, end)


def _add(parent: Any, tag: str, /, **attributes: str) -> Any:
    return etree.SubElement(parent, _tag(tag), attributes)


def _tag(name: str) -> str:
    return f"{{{PROJECT_NAMESPACE}}}{name}"
