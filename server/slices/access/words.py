"""What tokens are for, and what further names are, in words."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "token_scope": {
        "read": N_("只读：查看、搜索、统计"),
        "write": N_("读写：另外可以建课、上传、改课"),
        "people": N_("管理人员：另外可以邀请、重设、停用、删除账号"),
    },
    "sign_in_name": {
        "staff_number": N_("工号"),
        "phone": N_("手机号"),
        "chosen": N_("自己起的名"),
    },
    "linked_by": {
        "invitation": N_("凭一次性链接关联"),
        "username": N_("按用户名关联"),
        "created": N_("首次登录时建立"),
    },
}
