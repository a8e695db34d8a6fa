"""From a page's context to its HTML, in the language of its frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import tzinfo
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from server.in_force import Brand
from server.web.files.assets import Assets
from server.web.help_links import help_of
from server.web.language.branding import Looks, looks
from server.web.language.filling import fill
from server.web.language.formats import filters
from server.web.language.i18n import LANGUAGES, SOURCE_LANGUAGE, Catalogue, Catalogues
from server.web.language.words import Explained, explain, rule_sentences, word
from server.web.navigation import section_of
from server.web.parts import Context, CountingRule, Language, Pager, Progress, Reason, Step

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # swagger-ui's arrows are data: drawings
        "media-src 'self' blob:",  # hls.js hands the picture to <video> as a blob: address
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""What a page may load, for the header of that name: everything from here, no inline script, no inline
style.
"""


class Renderer:
    """All templates, ready in every language."""

    def __init__(
        self,
        templates: Path,
        catalogues: Catalogues,
        assets: Assets,
        zone: tzinfo,
        prefix: str = "",
        brand: Callable[[], Brand] = Brand,
    ) -> None:
        """`templates` is the folder templates/, `zone` the time zone in which dates and hours are shown,
        `brand` tells how the site looks now.

        `prefix` is what every path of this site begins with on pages (server.web.middleware.prefix).
        """
        self._catalogues, self._prefix, self._brand = catalogues, prefix, brand
        loader = FileSystemLoader(templates)
        self._environments: dict[Language, Environment] = {
            catalogue.language: _environment(loader, catalogue, assets, zone, prefix, brand)
            for catalogue in catalogues
        }

    def render(self, context: Context) -> str:
        """The page as HTML."""
        template = self._environments[context.frame.language].get_template(context.template)
        return template.render({field.name: getattr(context, field.name) for field in fields(context)})

    def catalogue(self, language: Language) -> Catalogue:
        """The sentences of a language, for what is no page."""
        return self._catalogues.of(language)

    def site_name(self, language: Language) -> str:
        """What this site is called."""
        return self.looks(language).name

    def looks(self, language: Language) -> Looks:
        """How this site is called and looks."""
        return looks(self._brand(), self._catalogues.of(language), self._prefix)

    def explain(self, reason: Reason, language: Language) -> Explained:
        """A reason in words: for JSON errors ({"error", "message", "todo"})."""
        return explain(reason.code, reason.args, self._catalogues.of(language))

    def has_sentence(self, code: str, language: Language) -> bool:
        """Whether some slice has a sentence for `code`."""
        return code in self._catalogues.of(language).phrases.sentences

    def progress_event(self, progress: Progress, language: Language) -> dict[str, object]:
        """What GET /lessons/{id}/events sends as JSON: `Progress` with its names and reasons in words."""
        catalogue = self._catalogues.of(language)
        return {
            "state": progress.state,
            "state_name": word("recording", progress.state, catalogue),
            "percent": round(progress.percent, 1),
            "left_s": progress.left_s,
            "reason": _sentence(progress.reason, catalogue),
            "steps": [_step(step, catalogue, self._prefix) for step in progress.steps],
            "account": [_sentence(said, catalogue) for said in progress.account],
        }


def _step(step: Step, catalogue: Catalogue, prefix: str) -> dict[str, object]:
    return {
        "id": step.id,
        "name": step_name(step, catalogue),
        "n": step.n,
        "state": step.state,
        "state_name": word("step_state", step.state, catalogue),
        "percent": round(step.percent, 1),
        "eta_s": step.eta_s,
        "reason": _sentence(step.reason, catalogue),
        "retry": step.retry,
        "clip_url": prefix + step.clip_url if step.clip_url else None,
    }


def step_name(step: Step, catalogue: Catalogue) -> str:
    """What a step of the pipeline is called."""
    return word("step", step.kind, catalogue, n=step.n)


def _sentence(reason: Reason | None, catalogue: Catalogue) -> str | None:
    if reason is None:
        return None
    said = explain(reason.code, reason.args, catalogue)
    return sentence_gap(catalogue).join(part for part in (said.message, said.todo) if part)


def sentence_gap(catalogue: Catalogue) -> str:
    """Return what stands between two sentences: nothing in Chinese, and in English a space."""
    return "" if catalogue.language == SOURCE_LANGUAGE else " "


def marked(quote: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """`quote` with the stretches (from, to) in <mark>; overlapping ones are joined, everything is escaped."""
    pieces: list[Markup] = []
    at = 0
    for start, end in sorted(marks):
        start, end = max(start, at), min(end, len(quote))
        if start >= end:
            continue
        pieces += [escape(quote[at:start]), Markup("<mark>{}</mark>").format(quote[start:end])]
        at = end
    return Markup("").join([*pieces, escape(quote[at:])])


def page_url(pager: Pager, page: int) -> str:
    """The address of another page of the same list."""
    return f"{pager.url}{'&' if '?' in pager.url else '?'}page={page}"


def _translating(catalogue: Catalogue) -> Mapping[str, Callable[..., Markup]]:
    """Return what `_` and `ngettext` of the templates do: as Jinja's own, filled by our rule for spaces."""

    def gettext(sentence: str, /, **values: object) -> Markup:
        # Sentences are ours, and the templates escape everything else.
        return Markup(fill(Markup(catalogue.translations.gettext(sentence)), values))  # noqa: S704

    def ngettext(one: str, several: str, number: int, /, **values: object) -> Markup:
        words = catalogue.translations.ngettext(one, several, number)
        return Markup(fill(Markup(words), {"num": number, **values}))  # noqa: S704

    return {"gettext": gettext, "ngettext": ngettext}


def _environment(
    loader: FileSystemLoader,
    catalogue: Catalogue,
    assets: Assets,
    zone: tzinfo,
    prefix: str,
    brand: Callable[[], Brand],
) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        # A misspelt name must be an error, not an empty place on a page.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translate: Callable[..., None] = environment.install_gettext_translations  # type: ignore[attr-defined]
    translate(catalogue.translations, newstyle=True)
    environment.globals.update(_translating(catalogue))
    environment.filters.update(filters(catalogue, zone))
    environment.filters["marked"] = marked

    def explain_reason(reason: Reason) -> Explained:
        return explain(reason.code, reason.args, catalogue)

    def word_for(kind: str, code: str) -> str:
        return word(kind, code, catalogue)

    def name_of(step: Step) -> str:
        return step_name(step, catalogue)

    def rule_in_short(rule: CountingRule) -> tuple[str, ...]:
        return rule_sentences(rule, catalogue)

    def now() -> Looks:
        return looks(brand(), catalogue, prefix)

    names: Mapping[str, object] = {
        "looks": now,
        "help_at": help_of,
        "section_of": section_of,
        "asset": assets.url,
        "asset_imports": assets.imported,
        "explain": explain_reason,
        "gap": sentence_gap(catalogue),
        "languages": LANGUAGES,
        "page_url": page_url,
        "prefix": prefix,
        "rule_sentences": rule_in_short,
        "script_sentences": catalogue.script_sentences,
        "step_name": name_of,
        "word": word_for,
    }
    environment.globals.update(names)
    return environment
