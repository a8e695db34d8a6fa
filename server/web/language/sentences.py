"""What everybody may meet, whatever they ask for."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "invalid": (N_("填写的内容不能用。"), N_("请改正后再提交。")),
    "empty": (N_("这一项不能为空。"), N_("请填写后再提交。")),
    "too_long": (N_("太长了：最多 %(most)s 个字，现在有 %(length)s 个。"), N_("请缩短一些。")),
    "too_many": (N_("太多了：最多 %(most)s 个。"), N_("请去掉一些。")),
    "unknown_choice": (N_("没有这个选项。"), N_("请从列出的选项中选择。")),
    "file_missing": (N_("找不到这个文件：%(found)s。"), N_("请检查文件名和所在的文件夹。")),
    "too_large": (N_("文件太大，或者空间不够。"), N_("请压缩后再试，或请管理员放宽限制。")),
    "length_needed": (N_("请求没有说明长度。"), N_("请联系管理员检查网络代理。")),
    "body_size": (N_("发来的内容太大：最多 %(most_bytes)s。"), N_("请缩小后再试。")),
    "json_depth": (N_("发来的 JSON 嵌套得太深：最多 %(most)s 层。"), N_("请检查程序生成的内容。")),
    "head_size": (
        N_("请求的标头太大：每一项最多 %(most_bytes)s。"),
        N_("请清除浏览器中本站的 Cookie 后再试。"),
    ),
    "address_size": (N_("网址太长：最多 %(most_bytes)s。"), N_("请从本站的页面重新打开。")),
    "host_unreadable": (
        N_("请求的主机名（Host）不能用。"),
        N_("请检查地址栏里的网址；由代理转发的，请管理员让代理原样传递 Host。"),
    ),
    "throttled": (N_("试得太频繁了。"), N_("请过 %(wait_s)s 再试。")),
    "not_found": (N_("这里没有您要找的内容。"), N_("它可能已被撤下，或者网址不完整。可以试试搜索。")),
    "sign_in_needed": (N_("请先登录。"), N_("登录后会回到这一页。")),
    "lesson_for_signed_in": (N_("这节课要登录以后才能看。"), N_("登录后会回到这里。")),
    "forbidden": (N_("您的角色不能做这件事。"), N_("需要的话，请联系您所在支部的管理员。")),
    "csrf": (N_("这一页放得太久了，为了安全没有提交。"), N_("请刷新后再试一次。")),
    "csrf_absent": (
        N_("请求里没有网页的验证标记（X-CSRF-Token），为了安全没有执行。"),
        N_("请刷新后再试；仍然如此，就是中间的代理或防火墙去掉了它，请管理员让代理原样传递标头。"),
    ),
    "conflict": (N_("它的状态刚刚变了，这个操作不再适用。"), N_("请刷新后再看。")),
    "database_busy": (
        N_("资料库正被别的程序占用（多半是备份），等了几秒还没有轮到，所以没有完成。"),
        N_("请过一会儿再试一次，网页上填的内容退回上一页还在；一直这样，请管理员结束占用资料库的程序。"),
    ),
    "database_away": (
        N_("资料库现在连不上，多半正在重新启动，所以没有完成。"),
        N_("请过一会儿再试一次；一直这样，请管理员看看数据库是否在运行。"),
    ),
    "database_damaged": (
        N_("资料库的文件有一部分损坏了，这里要用的读不出来。"),
        N_("请告诉管理员：在服务器上运行 weike doctor，照运维手册（docs/runbook.md）“资料库损坏”一节做。"),
    ),
    "error": (N_("出了点问题，没有完成。"), N_("请再试一次；仍然如此，请把编号告诉管理员。")),
    "saved": (N_("已保存。"), ""),
    "deleted": (N_("已删除。"), ""),
}
