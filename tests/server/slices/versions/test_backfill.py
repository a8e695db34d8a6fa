"""What was published before versions were kept is version 1, as the library itself would have written it."""

from __future__ import annotations

from datetime import date

import pytest
from alembic import command
from sqlalchemy import text

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.catalog import transcript_queries as given
from library.catalog.permits import Audience, LessonState
from library.core.database import Database
from library.core.permits import Role
from library.intake.transcripts import taking
from library.versions import queries
from library.versions.rules import Origin, parts_that_differ
from library.works import files, honours, sites
from library.works.files import Stored
from library.works.formats import FileFormat
from library.works.honours import Awarded
from library.works.rules import HonourLevel
from library.works.sites import SiteWords
from server import migrate
from tests.support import factories as make
from tests.support.databases import NOW

SRT = "1\n00:00:00,000 --> 00:00:09,000\n同志们好\n"


@pytest.mark.slow
def test_every_published_lesson_gets_its_first_version(db: Database) -> None:
    with db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
        full = make.lesson(
            session,
            "绿水青山",
            owner=staff,
            audience=Audience.SIGNED_IN,
            lecturer="王芳",
            topics=["党史", "乡村振兴"],
            taught_on=date(2026, 3, 5),
            clips=2,
        )
        catalog.edit(session, full, catalog.Details(summary="第一行\n第二行"))
        taking.take(session, full, taking.read(SRT.encode(), "一.srt"), NOW)
        for award, year in (("优秀党课", 2024), ("精品党课", 2025)):
            honours.grant(session, staff, full.id, Awarded(award, HonourLevel.CITY, year), NOW)
        files.add_material(
            session, staff, full.id, Stored("0" * 16, "讲稿", FileFormat.PDF, 9, "0" * 64), NOW
        )
        sites.make(session, staff, SiteWords("余村", "安吉"), NOW)
        sites.hold_at(session, staff, full.id, "余村")
        bare = make.lesson(session, "没有别的", spoken=["只有一句"])
        draft = make.lesson(session, "还没发布", state=LessonState.DRAFT)
        ids = full.id, bare.id, draft.id
    with migrate._alone(db) as connection:
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0030")
        assert connection.execute(text("SELECT count(*) FROM works_honour")).scalar() == 2
        command.upgrade(config, "head")
    with db.read() as session:
        for lesson_id in ids[:2]:
            (version,) = queries.versions(session, lesson_id)
            assert (version.n, version.at, version.origin) == (1, NOW, Origin.FOUND)
            kept = queries.version(session, lesson_id, 1)[1]
            seen = queries.snapshot(session, catalog_queries.lesson(session, lesson_id))
            assert kept.values == seen.values
            assert parts_that_differ(kept, seen) == ()
            assert (kept.words, kept.clips, kept.site) == (seen.words, seen.clips, seen.site)
        assert queries.versions(session, ids[2]) == []
        assert given.version(session, ids[0], 1).kept, "what viewers saw is not corrected in place"
