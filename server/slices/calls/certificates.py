"""The public page on which everybody checks a certificate, and the sheet that is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from library.access import attempts
from library.access.rules import Counted
from library.calls import awarding, queries
from library.calls.tables import Certificate
from library.core.errors import NotFound, Throttled, WeikeError
from server.slices.calls.contexts import CertificateLine, CertificatePage, CertificateSheetPage, SheetWords
from server.web.deps import AddressDep, ClockDep, DatabaseDep, PagesDep, Reading, SecretDep, WhoDep
from server.web.doors.networks import origin_of
from server.web.errors import headers_of, status_of
from server.web.limits.fields import WordQuery
from server.web.pages import reason
from server.web.parts import RefusedForm
from server.web.shown.sharing import qr_path

router = APIRouter(include_in_schema=False)

_T = TypeVar("_T")


class CertificateDoor:
    """Looks codes up for whoever asks. Those that do not exist are counted at the network they come from; who
    has asked for too many waits, also with one that is right: a guess must not be told from a miss."""

    def __init__(self, request: Request, db: DatabaseDep, clock: ClockDep, secret: SecretDep) -> None:
        self._db, self._clock, self._secret = db, clock, secret
        self._network = origin_of(request.scope)

    def find(self, code: str, what: Callable[[Certificate], _T]) -> _T:
        """Return `what` of a certificate; raises NotFound("certificate_unknown"), Throttled."""
        marks = attempts.of_network(self._secret, Counted.CERTIFICATE, self._network)
        try:
            with self._db.read() as session:
                attempts.check(session, marks, self._clock())
                return what(queries.certificate(session, awarding.clean_code(code)))
        except NotFound:
            with self._db.write() as session:
                attempts.count(session, marks, self._clock())
            raise NotFound("certificate_unknown", field="code") from None


CertificateDoorDep = Annotated[CertificateDoor, Depends()]


def line_of(row: Certificate) -> CertificateLine:
    """Return what a certificate says."""
    return CertificateLine(
        code=row.code,
        title=row.title,
        lecturer=row.lecturer.name if row.lecturer is not None else "",
        unit=row.unit,
        award=row.award,
        year=row.year,
        body=row.body,
        issued_on=row.issued_on,
        valid=row.valid,
        withdrawn_at=row.withdrawn_at,
    )


def sheet_words(found: CertificateLine, where: str) -> SheetWords:
    """Return what stands on a certificate; `where` is the address at which it is checked."""
    lecturer = f"讲师：{found.lecturer}，" if found.lecturer else ""
    day = found.issued_on
    return SheetWords(
        heading="荣誉证书",
        work=f"《{found.title}》",
        source=f"{lecturer}报送单位：{found.unit}",
        before="荣获",
        after="，特发此证。",
        code=f"编号 {found.code}",
        check=f"扫码，或在 {where} 查验",
        day=f"{day.year}年{day.month}月{day.day}日",
    )


class CertificatePages:
    """Shows what was found, or why nothing was."""

    def __init__(
        self, request: Request, who: WhoDep, pages: PagesDep, db: DatabaseDep, door: CertificateDoorDep
    ) -> None:
        self._request, self._who, self._pages, self._db, self._door = request, who, pages, db, door

    def show(self, code: str) -> Response:
        """Return the page of a code, or the empty one."""
        found, refused, error = None, None, None
        if code:
            try:
                found = self._door.find(code, line_of)
            except (NotFound, Throttled) as one:
                error = one
                refused = RefusedForm(form="code", typed={"code": code}, reason=reason(one))
        with self._db.read() as session:
            return self._answer(session, code, found, refused, error)

    def _answer(
        self,
        session: Session,
        code: str,
        found: CertificateLine | None,
        refused: RefusedForm | None,
        error: WeikeError | None,
    ) -> Response:
        frame = self._pages.frame(self._request, session, self._who)
        context = CertificatePage(frame=frame, code=code, found=found, refused=refused)
        answer = self._pages.respond(
            self._request, self._who, context, status_of(error) if error is not None else 200
        )
        if error is not None:
            answer.headers.update(headers_of(error))
        return answer


@router.get("/certificates")
def certificates(pages: Annotated[CertificatePages, Depends()], code: WordQuery = "") -> Response:
    """Where the code of a certificate is typed."""
    clean = awarding.clean_code(code)
    return RedirectResponse(f"certificates/{clean}", 303) if clean else pages.show(code)


@router.get("/certificates/{code}")
def certificate(pages: Annotated[CertificatePages, Depends()], code: str) -> Response:
    """For which work a certificate was given, by whom and when, and whether it still holds."""
    return pages.show(code[:200])


@router.get("/certificates/{code}/print")
def sheet(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    door: CertificateDoorDep,
    address: AddressDep,
    code: str,
) -> Response:
    """A certificate on an A4 sheet."""
    found = door.find(code[:200], line_of)
    url = f"{address}/certificates/{found.code}"
    qr, size = qr_path(url)
    frame = pages.frame(request, session, who)
    words = sheet_words(found, f"{address}/certificates")
    return pages.respond(
        request, who, CertificateSheetPage(frame=frame, found=found, words=words, qr=qr, size=size)
    )
