"""What the acts of the table of permissions are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "act": {
        "lesson.view": N_("看课"),
        "lesson.edit": N_("修改课程"),
        "lesson.audience": N_("改观看范围"),
        "lesson.publish": N_("发布、撤下"),
        "lesson.delete": N_("删除"),
        "lesson.stats": N_("看学习统计"),
        "lesson.why": N_("看谁能看到、为什么"),
        "lesson.versions": N_("看发布过的各版和等待发布的修改"),
        "lesson.make": N_("上传新课"),
        "lesson.mark": N_("收藏、记笔记、记住看到哪里、向讲师提问"),
        "question.answer": N_("回答课上的提问"),
        "node.look": N_("看党组织"),
        "node.arrange": N_("改资料、新建下级"),
        "node.place": N_("调整上级、并入、撤销"),
        "node.stats": N_("看党组织的统计"),
        "people.look": N_("看人员"),
        "person.look": N_("看一个人的资料"),
        "people.keep": N_("登记人员的组织关系"),
        "people.roles": N_("授予、收回、交接角色"),
        "people.erase": N_("删除账号"),
        "suggestions.answer": N_("答复意见建议"),
        "week.plan": N_("安排每周主题"),
        "call.view": N_("看征集"),
        "grades.keep": N_("评定支部的党员：算出建议、决定、定稿、答复申诉"),
        "grades.rules": N_("制定评定规则"),
        "grades.waive": N_("关闭或恢复一条减负要求"),
        "grades.look": N_("看一个人的评定"),
        "call.keep": N_("发起和管理征集"),
        "call.enter": N_("提交参评作品"),
        "call.judge": N_("给参评作品评分"),
        "stats.overview": N_("看自己看得到的统计总表"),
        "searches.save": N_("保存搜索、导出结果"),
        "dictionary.teach": N_("改词库"),
        "about.describe": N_("写讲师和专题的介绍"),
        "system.look": N_("看系统状态"),
        "system.change": N_("改运行时的设置和网站的样子"),
        "ledger.read": N_("看操作记录"),
        "site.public": N_("公开的页面"),
        "account.own": N_("自己的账号"),
    },
}
