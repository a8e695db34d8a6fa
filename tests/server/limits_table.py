"""docs/limits.md as it must read: `python -m tests.server.limits_table` writes its tables anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from library.access import mail_rules
from library.access.coming_in.joining import CODE_DAYS_MOST
from library.access.coming_in.joining import MOST_WAITING as MOST_ASKING
from library.access.coming_in.starting import MOST_ON_SHEET
from library.audit import readings
from library.audit.queries import MOST_SHOWN
from library.catalog.rules import SUMMARY_MAX, TITLE_MAX, TOPICS_MAX
from library.catalog.transcript_versions import MOST_VERSIONS
from library.choices import rules as choices
from library.core.bounded.children import MOST_AT_ONCE as CHILDREN_AT_ONCE
from library.core.bounded.children import MOST_WAITING as MOST_ASKERS
from library.core.lists.apart import reader as list_reader
from library.core.lists.apart.message import MOST_ROWS as MOST_LIST_ROWS
from library.core.paging import MAX_PAGE
from library.core.patience import PATIENCE_S
from library.core.text import MARKS_MAX, NAME_MAX
from library.core.writers import LONGEST
from library.dictionary.lines import LINES_MAX
from library.dictionary.rules import GROUPS_MAX, WORD_MAX, WORDS_MAX
from library.handling import rules as handling
from library.intake.cutting import CLIP_TITLE_MAX, MOST_CLIPS
from library.intake.files.downloads import MOST_WAITING
from library.intake.rules import FILE_NAME_MAX, TRANSCRIPT_MAX_BYTES
from library.intake.transcripts.reading import reader
from library.marks import rules as marks
from library.notices import rules as notices
from library.notices.pushing import MOST_BROWSERS
from library.organisation.lists import MOST_CELLS as NODE_CELLS
from library.people.lists.exporting import MOST_ROWS as PEOPLE_IN_FILE
from library.people.lists.reading import MOST_CELLS as PEOPLE_CELLS
from library.people.rules import PASSWORD_MAX
from library.plays.rules import MAX_RANGES_IN_BEAT
from library.programme import rules as programme
from library.programme.importing import MOST_ROWS as TERM_ROWS
from library.questions import rules as questions
from library.searches.rules import MOST_SAVED
from library.suggestions import rules as suggestions
from library.upkeep.again import RETRIED_MOST
from library.upkeep.unfit import MOST as UNFIT_AT_ONCE
from library.works import drawing, office, pictures
from library.works import rules as works
from library.works.reading import reader as looking
from search import MAX_QUERY_CHARACTERS
from server.delivery import lines
from server.settings import Settings
from server.slices import SLICES
from server.slices.feeds.feeds import MOST_LESSONS
from server.slices.organisation.list_routes import MOST_EXPORTED
from server.slices.programme.api import MOST_WEEKS
from server.slices.system.ledger_files import MOST_IN_BOOK, MOST_ROWS
from server.slices.watching.beats import BODY_MAX_BYTES
from server.web.limits import sizes
from server.web.routing.registry import gather

DOCUMENT = Path(__file__).parents[2] / "docs" / "limits.md"


@dataclass(frozen=True)
class Limit:
    """A row: what is limited, to how much, what comes beyond, and by which setting or where it stands."""

    what: str
    most: str
    beyond: str
    where: str

    def __str__(self) -> str:
        return f"| {self.what} | {self.most} | {self.beyond} | {self.where} |"


def tables() -> dict[str, list[Limit]]:
    """Every limit, by the heading of its table."""
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    return {
        "Connections": list(_connections(settings)),
        "Requests": list(_requests()),
        "What is typed and given": list(_typed()),
        "At once, and in all": list(_at_once(settings)),
    }


def written(size: int) -> str:
    """A number of bytes as people write it."""
    for unit, name in ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB")):
        if size >= unit and size % (unit // 16) == 0:
            return f"{size / unit:g} {name}"
    return f"{size} bytes"


def _connections(settings: Settings) -> Iterator[Limit]:
    rules = lines.LineLimits()

    def set_by(what: str, most: str, beyond: str, name: str) -> Limit:
        assert getattr(settings, name) == getattr(rules, name)
        return Limit(what, most, beyond, f"`WEIKE_{name.upper()}`")

    yield set_by(
        "connections", str(rules.lines), "the quietest ends; 503 when all are being answered", "lines"
    )
    yield set_by("of one address", str(rules.lines_per_address), "the same", "lines_per_address")
    yield set_by("until a request's headers are there", f"{rules.head_s:g} s", "408", "head_s")
    least = f"{rules.body_s:g} s"
    yield set_by(f"for each {rules.body_least_bytes // 1000} kB of a body", least, "408", "body_s")
    yield set_by("without a request", f"{rules.idle_s:g} s", "closed", "idle_s")
    head = "`server/delivery/lines.py`"
    yield Limit("address and headers together", written(lines.HEAD_MAX_BYTES), "431", head)
    yield Limit("headers", str(lines.HEAD_MAX_FIELDS), "431", head)
    unread = f"{written(lines.UNREAD_MAX_BYTES)}, {lines.UNREAD_S:g} s"
    yield Limit("what still comes of a request that was answered", unread, "cut off", head)
    yield Limit("without taking a byte of the answer", f"{lines.TAKES_NOTHING_S:g} s", "cut off", head)


def _requests() -> Iterator[Limit]:
    where = "`server/web/limits/sizes.py`"
    yield Limit("path", written(sizes.PATH_BYTES), "414", where)
    yield Limit("query", written(sizes.QUERY_BYTES), "414", where)
    yield Limit("one header", written(sizes.HEADER_BYTES), "431", where)
    yield Limit("one cookie", written(sizes.COOKIE_BYTES), "431", where)
    yield Limit("fields of a form", str(sizes.FORM_FIELDS), "400", where)
    yield Limit("brackets within brackets of JSON", str(sizes.JSON_DEPTH), "422", where)
    yield Limit("body of any route that is not named here", written(sizes.BODY_BYTES), "413", where)
    yield Limit("body of a beat", written(BODY_MAX_BYTES), "413", "`server/slices/watching/beats.py`")
    for one in SLICES:
        for route, body in one.bodies.items():
            by = f", {body.role} and above" if body.role else ""
            yield Limit(
                f"body of `{route}`{by}",
                written(body.most_bytes),
                "413",
                f"`server/slices/{one.name}/slice.py`",
            )
    assert len(gather(SLICES).bodies) > 0


def _typed() -> Iterator[Limit]:
    rim = "`server/web/limits/sizes.py`"
    yield Limit("a word of a form, an address or JSON", f"{sizes.WORD} characters", "422", rim)
    yield Limit("a line", f"{sizes.LINE} characters", "422", rim)
    yield Limit("several lines", f"{sizes.BLOCK} characters", "422", rim)
    yield Limit("a pasted dictionary", f"{sizes.PASTE} characters, {LINES_MAX} lines", "422", rim)
    yield Limit("things in a list of JSON", str(sizes.ITEMS), "422", rim)
    text = "`library/core/text.py`"
    yield Limit("marks on one letter", str(MARKS_MAX), "left out", text)
    yield Limit("name of a person, a topic, a search, a token", f"{NAME_MAX} characters", "422", text)
    yield Limit("password", f"{PASSWORD_MAX} characters", "422", "`library/people/rules.py`")
    catalog = "`library/catalog/rules.py`"
    yield Limit("title of a lesson", f"{TITLE_MAX} characters", "422", catalog)
    yield Limit("summary of a lesson", f"{SUMMARY_MAX} characters", "422", catalog)
    yield Limit("topics of a lesson", str(TOPICS_MAX), "422", catalog)
    its = "`library/works/rules.py`"
    yield Limit(
        "title of a series, its lessons", f"{works.TITLE_MAX} characters, {works.MOST_EPISODES}", "422", its
    )
    yield Limit("honours, materials of a lesson", f"{works.MOST_HONOURS}, {works.MOST_MATERIALS}", "422", its)
    yield Limit("a material", written(works.MATERIAL_MAX_BYTES), "422", its)
    yield Limit("a certificate", written(works.CERTIFICATE_MAX_BYTES), "422", its)
    yield Limit(
        "pixels of a picture",
        f"{pictures.MOST_PIXELS // 10**6} million",
        "422",
        "`library/works/pictures.py`",
    )
    its = "`library/works/office.py`"
    unpacked = f"{office.MOST_PARTS}, {written(office.MOST_UNPACKED_BYTES)}, {office.MOST_RATIO} times"
    yield Limit("parts of an Office document, unpacked, of what is packed", unpacked, "422", its)
    its = "`library/works/drawing.py`"
    shown = (
        f"{drawing.MOST_PAGES}, {drawing.MOST_PIXELS / 10**6:g} million pixels each, {drawing.DRAWING_S:g} s"
    )
    yield Limit("pages of a PDF shown as pictures", shown, "left out", its)
    yield Limit("title of a clip", f"{CLIP_TITLE_MAX} characters", "422", "`library/intake/cutting.py`")
    yield Limit("clips of a lesson", str(MOST_CLIPS), "422", "`library/intake/cutting.py`")
    yield Limit("file of a transcript", written(TRANSCRIPT_MAX_BYTES), "422", "`library/intake/rules.py`")
    yield Limit("name of a file", f"{FILE_NAME_MAX} characters", "422", "`library/intake/rules.py`")
    versions = "`library/catalog/transcript_versions.py`"
    yield Limit("transcripts kept of a lesson", str(MOST_VERSIONS), "the oldest goes", versions)
    yield Limit(
        "a question to the search", f"{MAX_QUERY_CHARACTERS} characters", "not read", "`search/query.py`"
    )
    yield Limit("searches that one saves", str(MOST_SAVED), "409", "`library/searches/rules.py`")
    its = "`library/access/coming_in/starting.py`"
    yield Limit("people of one sheet of invitations", str(MOST_ON_SHEET), "409", its)
    its = "`library/access/coming_in/joining.py`"
    yield Limit("people who wait for one branch", str(MOST_ASKING), "409", its)
    yield Limit("days of a branch's code", str(CODE_DAYS_MOST), "422", its)
    its = "`server/web/lists/jobs.py`"
    yield Limit(
        "lists of people or organisations worked at at a time",
        "one; of one person a second is refused",
        "409",
        its,
    )
    yield Limit(
        "people in a file that a page gives",
        str(PEOPLE_IN_FILE),
        "409",
        "`library/people/lists/exporting.py`",
    )
    its = "`server/slices/organisation/list_routes.py`"
    yield Limit("organisations in a file that a page gives", str(MOST_EXPORTED), "409", its)
    words = "`library/dictionary/rules.py`"
    yield Limit("a word of the dictionary", f"{WORD_MAX} characters", "422", words)
    yield Limit("words, and groups, of the dictionary", f"{WORDS_MAX}, {GROUPS_MAX}", "409", words)
    its = "`library/suggestions/rules.py`"
    yield Limit(
        "a suggestion, an answer", f"{suggestions.TEXT_MAX}, {suggestions.ANSWER_MAX} characters", "422", its
    )
    yield from _marks()
    yield Limit("how to reach who suggests", f"{suggestions.CONTACT_MAX} characters", "422", its)
    its = "`library/choices/rules.py`"
    pixels = f"{choices.EMBLEM_PIXELS / 10**6:.1f} million pixels"
    yield Limit("a site's own picture", f"{written(choices.EMBLEM_BYTES)}, {pixels}", "422", its)
    its = "`library/handling/rules.py`"
    minutes = handling.UNDO_WITHIN.total_seconds() / 60
    yield Limit("lessons changed at once", str(handling.MOST), "422", its)
    yield Limit("minutes in which that can be taken back", f"{minutes:g}", "409", its)
    yield Limit("views that one person keeps", str(handling.VIEWS_MOST), "409", its)
    its = "`library/upkeep/again.py`"
    yield Limit("failed recordings tried again at one press", str(RETRIED_MOST), "the next press", its)
    its = "`library/upkeep/unfit.py`"
    yield Limit("uploads that came to nothing, deleted at once", str(UNFIT_AT_ONCE), "422", its)
    yield from _weeks()
    yield from _going_out()
    yield Limit("stretches in a beat", str(MAX_RANGES_IN_BEAT), "422", "`library/plays/rules.py`")


def _marks() -> Iterator[Limit]:
    """What people mark for themselves, and ask."""
    texts = f"{questions.TEXT_MAX}, {questions.ANSWER_MAX}, {questions.REASON_MAX} characters"
    its = "`library/questions/rules.py`"
    yield Limit("a question, its answer, why there is none", texts, "422", its)
    waits = f"{questions.OPEN_OF_ONE}; {questions.A_DAY}"
    yield Limit("questions of one person that wait on a lesson; in a day", waits, "429", its)
    yield Limit("questions that wait on one lesson", str(questions.OPEN_ON_LESSON), "429", its)
    its = "`library/marks/rules.py`"
    yield Limit("a note for oneself", f"{marks.NOTE_MAX} characters", "422", its)
    yield Limit("notes, favourites of one person", f"{marks.NOTES_MOST}, {marks.FAVOURITES_MOST}", "409", its)
    yield Limit("places of a device taken into an account at once", str(marks.BROUGHT_MOST), "422", its)
    kept = f"{marks.HISTORY_MOST}, {marks.HISTORY_KEPT.days} days"
    yield Limit("clips in the history of one person", kept, "the oldest are deleted", its)


def _weeks() -> Iterator[Limit]:
    its = "`library/programme/rules.py`"
    longest = f"{programme.THEME_MAX}, {programme.TEXT_MAX} characters"
    yield Limit("theme, text of a week", longest, "422", its)
    yield Limit("lessons of a week", str(programme.MOST_LESSONS), "422", its)
    reading = f"{programme.MOST_READINGS} of {programme.READING_MAX} characters, links of {programme.URL_MAX}"
    yield Limit("lines of a week's reading list", reading, "422", its)
    near = f"{programme.WEEKS_BACK} back to {programme.WEEKS_AHEAD} ahead"
    yield Limit("weeks that can be planned", near, "422", its)
    yield Limit("weeks into which one is copied at once", str(programme.MOST_COPIES), "422", its)
    where = "`library/programme/importing.py`"
    yield Limit("rows of a term's list", str(TERM_ROWS), "refused", where)
    yield Limit(
        "weeks that a program reads at once", str(MOST_WEEKS), "422", "`server/slices/programme/api.py`"
    )


def _going_out() -> Iterator[Limit]:
    its = "`library/notices/rules.py`"
    yield Limit(
        "notices that one person is shown", f"{notices.MOST}, {notices.KEPT.days} days", "older go", its
    )
    where = "`library/notices/pushing.py`"
    yield Limit("browsers of a person that are pushed to", str(MOST_BROWSERS), "409", where)
    yield Limit("lessons of a feed", str(MOST_LESSONS), "the newest", "`server/slices/feeds/feeds.py`")


def _at_once(settings: Settings) -> Iterator[Limit]:
    quota = "no limit" if settings.quota_bytes is None else written(settings.quota_bytes)
    yield Limit("a recording", written(settings.max_upload_bytes), "413", "`WEIKE_MAX_UPLOAD_BYTES`")
    yield Limit("what one person uploads", quota, "413", "`WEIKE_QUOTA_BYTES`")
    yield Limit(
        "space that uploads leave", written(settings.keep_free_bytes), "413", "`WEIKE_KEEP_FREE_BYTES`"
    )
    yield Limit("requests worked at", str(settings.threads), "wait", "`WEIKE_THREADS`")
    wait = f"{PATIENCE_S:g} s with nobody done, {LONGEST * PATIENCE_S:g} s in all"
    yield Limit("waiting for others who write into SQLite", wait, "503", "`library/core/database.py`")
    yield Limit("beats that wait", str(settings.beat_queue), "503", "`WEIKE_BEAT_QUEUE`")
    yield Limit("people of a screening", str(settings.view_group_most), "422", "`WEIKE_VIEW_GROUP_MOST`")
    yield Limit("clips encoded", str(settings.parallel_clips), "wait", "`WEIKE_PARALLEL_CLIPS`")
    yield Limit("recordings recognised, of each worker", "1", "wait", "`server/background/worker.py`")
    its = "`library/intake/files/downloads.py`"
    yield Limit("files to take along that wait", str(MOST_WAITING), "429", its)
    its = "`library/access/mail_rules.py`"
    yield Limit("letters of a kind to one person in a day", str(mail_rules.A_DAY), "429, or not sent", its)
    its = "`library/suggestions/rules.py`"
    yield Limit("suggestions of one address in an hour", str(suggestions.AN_ADDRESS), "429", its)
    yield Limit("suggestions in an hour in all", str(suggestions.IN_ALL), "429", its)
    where = "`library/audit/readings.py`"
    yield Limit("readings of people kept in mind", str(readings.MOST_KNOWN), "counted as lost", where)
    yield Limit("entries of the ledger paged through", str(MOST_SHOWN), "said", "`library/audit/queries.py`")
    where = "`server/slices/system/ledger_files.py`"
    yield Limit("entries of the ledger in one CSV", str(MOST_ROWS), "said", where)
    yield Limit("entries of the ledger in one workbook", str(MOST_IN_BOOK), "said", where)
    yield from _reading()
    yield from _looking()
    yield Limit("pages of a list", str(MAX_PAGE), "the last", "`library/core/paging.py`")


def _reading() -> Iterator[Limit]:
    where = "`library/intake/transcripts/reading/reader.py`"
    at_once = f"{CHILDREN_AT_ONCE}, of one person 1; {MOST_ASKERS} wait"
    yield Limit("files of transcripts read", at_once, "429", where)
    time = f"{reader.PROCESSOR_S} s of a processor, {reader.READING_S:g} s in all"
    yield Limit("reading one of them", f"{time}, {written(reader.MEMORY_BYTES)} of memory", "422", where)
    lists = "`library/people/lists/reading.py`"
    yield Limit("cells of a workbook of people", str(PEOPLE_CELLS), "said", lists)
    lists = "`library/organisation/lists.py`"
    yield Limit("cells of a workbook of organisations", str(NODE_CELLS), "said", lists)
    where = "`library/core/lists/apart/message.py`"
    yield Limit("rows of a list brought on a page or by the API", str(MOST_LIST_ROWS), "said", where)
    where = "`library/core/lists/apart/reader.py`"
    time = f"{list_reader.PROCESSOR_S} s of a processor, {list_reader.READING_S:g} s in all"
    memory = written(list_reader.MEMORY_BYTES)
    yield Limit("reading a list of people or organisations", f"{time}, {memory} of memory", "said", where)


def _looking() -> Iterator[Limit]:
    where = "`library/works/reading/reader.py`"
    at_once = f"{CHILDREN_AT_ONCE}, of one person 1; {MOST_ASKERS} wait"
    yield Limit("materials looked into", at_once, "429", where)
    time = f"{looking.PROCESSOR_S} s of a processor, {looking.READING_S:g} s in all"
    yield Limit(
        "looking into one of them", f"{time}, {written(looking.MEMORY_BYTES)} of memory", "422", where
    )


def lines_of(heading: str, rows: list[Limit]) -> str:
    """A table with its heading."""
    return "\n".join(
        [
            f"## {heading}",
            "",
            "| what | most | beyond it | set by, or where |",
            "| --- | --- | --- | --- |",
            *map(str, rows),
        ]
    )


def document() -> str:
    """The document as it must read: what stands before the first heading stays as it is."""
    introduction = DOCUMENT.read_text("utf-8").partition("\n## ")[0].rstrip()
    return "\n\n".join([introduction, *(lines_of(h, rows) for h, rows in tables().items())]) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
