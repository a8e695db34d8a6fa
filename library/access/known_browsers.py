"""The cookie of a browser that has signed in before: nobody else's guesses hold it up. Pure.

Its value is `number.day-proof.day-proof ...`: a random number of the browser, and for each person who has
signed in there when that was and a proof made with the secret. It opens nothing; it only gives the browser a
budget of its own. Whose proofs they are it does not say.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from library.core.ids import new_secret

KEPT_DAYS = 400
"""A browser stays known for so long after a person's last sign-in; browsers keep no cookie longer."""
MOST_PEOPLE = 8
"""So many people stay known in one browser, the last ones."""
_COOKIE = re.compile(r"[A-Za-z0-9_-]{22,64}(?:\.[0-9]{1,6}-[A-Za-z0-9_-]{22}){1,8}")
_EPOCH_DAY_S = 86_400


@dataclass(frozen=True)
class KnownBrowser:
    """What a browser's cookie says; `number` "" for a browser that shows none."""

    secret: str
    number: str
    proofs: tuple[tuple[int, str], ...]

    @classmethod
    def read(cls, secret: str, cookie: str) -> KnownBrowser:
        """Return what `cookie` says; one that is misshapen or missing says nothing."""
        if not _COOKIE.fullmatch(cookie):
            return cls(secret, "", ())
        number, *entries = cookie.split(".")
        proofs = tuple((int(day), proof) for day, _, proof in (entry.partition("-") for entry in entries))
        return cls(secret, number, proofs)

    def knows(self, person_id: str, now: datetime) -> bool:
        """Tell whether a person has signed in here, not too long ago."""
        today, known = _day(now), False
        for day, proof in self.proofs:
            fits = hmac.compare_digest(proof, self._proof(person_id, day))
            known = known or (fits and 0 <= today - day <= KEPT_DAYS)
        return known

    def after_sign_in(self, person_id: str, now: datetime) -> str:
        """Return the cookie of this browser once a person has signed in."""
        number = self.number or new_secret()
        here = KnownBrowser(self.secret, number, self.proofs)
        others = [
            (day, proof)
            for day, proof in self.proofs
            if not hmac.compare_digest(proof, here._proof(person_id, day))
        ]
        today = _day(now)
        kept = [*others[-(MOST_PEOPLE - 1) :], (today, here._proof(person_id, today))]
        return ".".join([number, *(f"{day}-{proof}" for day, proof in kept)])

    def _proof(self, person_id: str, day: int) -> str:
        said = f"known browser:{self.number}:{person_id}:{day}"
        digest = hmac.digest(self.secret.encode(), said.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _day(now: datetime) -> int:
    return int(now.timestamp()) // _EPOCH_DAY_S
