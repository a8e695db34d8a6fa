"""The ways in besides a password, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from library.access.identities import queries
from library.access.mail import address_of
from library.access.second_factor_queries import has_factor
from library.access.second_factor_rules import SecondFactorPolicy
from library.people import queries as people
from server.identity.opening import Providers
from server.slices.access.contexts import LinkRow, ProviderChoice
from server.web.deps import ProvidersDep, SettingsDep


def choices_of(providers: Providers, language: str) -> tuple[ProviderChoice, ...]:
    """Return the providers of the settings, in their order; the database is asked nothing."""
    return tuple(ProviderChoice(key, one.settings.called(language)) for key, one in providers.items())


def choice_named(choices: Sequence[ProviderChoice], key: str) -> ProviderChoice | None:
    """Return the choice called `key`, None when there is none."""
    return next((one for one in choices if one.key == key), None)


@dataclass(frozen=True)
class Ways:
    """What the settings offer; where they offer nothing, the database is asked nothing."""

    policy: SecondFactorPolicy
    providers: Providers
    mails: bool

    @property
    def offered(self) -> bool:
        """Whether there is any way in besides a password."""
        return self.policy is not SecondFactorPolicy.OFF or bool(self.providers)

    def second_factor_of(self, session: Session, person_id: str) -> str:
        """Return "on" or "none" for somebody, "" where no second factor is offered."""
        if self.policy is SecondFactorPolicy.OFF:
            return ""
        return "on" if has_factor(session, person_id) else "none"

    def has_password(self, session: Session, person_id: str) -> bool:
        """Tell whether somebody has a password; without providers everybody has."""
        return not self.providers or bool(people.person(session, person_id).password_hash)

    def links_of(self, session: Session, person_id: str, language: str) -> tuple[LinkRow, ...]:
        """Return the accounts elsewhere of somebody; a provider that is gone shows its key."""
        if not self.providers:
            return ()
        return tuple(
            LinkRow(
                id=link.id,
                provider=self._called(link.provider, language),
                account=link.subject,
                linked_by=link.how,
                since=link.since,
                used_at=link.used_at,
            )
            for link in queries.links_of(session, person_id)
        )

    def mail_of(self, session: Session, person_id: str) -> str | None:
        """Return the confirmed address of somebody, "" for none; None where no letters are sent."""
        if not self.mails:
            return None
        row = address_of(session, person_id)
        return row.address if row is not None else ""

    def _called(self, key: str, language: str) -> str:
        known = self.providers.get(key)
        return known.settings.called(language) if known is not None else key


async def _ways(settings: SettingsDep, providers: ProvidersDep) -> Ways:
    return Ways(settings.second_factor, providers, bool(settings.mail_server))


WaysDep = Annotated[Ways, Depends(_ways)]
