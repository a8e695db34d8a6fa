"""The routes of grades by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

GRADES: Mapping[Act, tuple[str, ...]] = {
    Act.GRADES_LOOK: (
        "GET /api/v1/grades",
        "GET /grades",
        "GET /grades/one/{grade_id}",
        "POST /grades/one/{grade_id}/appeal",
    ),
    Act.GRADES_KEEP: (
        "GET /grades/desk",
        "GET /grades/desk/export.xlsx",
        "POST /grades/desk/propose",
        "POST /grades/appeals/{appeal_id}/uphold",
        "POST /grades/one/{grade_id}/correct",
        "POST /grades/one/{grade_id}/decide",
        "POST /grades/one/{grade_id}/enter",
        "POST /grades/periods/{period_id}/freeze",
        "GET /grades/year",
        "POST /grades/year/enter",
        "GET /grades/year/export.xlsx",
    ),
    Act.GRADES_RULES: (
        "POST /api/v1/grades/check",
        "GET /grades/rules",
        "POST /grades/rules",
        "POST /grades/import-rules",
        "GET /grades/rules/{rules_id}",
        "POST /grades/rules/{rules_id}/edit",
        "POST /grades/rules/{rules_id}/end",
        "POST /grades/rules/{rules_id}/in-force",
        "POST /grades/rules/{rules_id}/json",
        "GET /grades/rules/{rules_id}/rules.json",
        "GET /grades/rules/{rules_id}/trial",
        "POST /grades/rules/{rules_id}/trial",
    ),
    Act.GRADES_WAIVE: (
        "POST /grades/waivers",
        "POST /grades/waivers/{waiver_id}/end",
    ),
}
