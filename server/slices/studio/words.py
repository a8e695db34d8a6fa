"""What the steps of a lesson, and what is to be done next, are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "studio_step": {
        "file": N_("上传录像"),
        "work": N_("做成短视频"),
        "cuts": N_("看看分段"),
        "words": N_("校对字幕"),
        "cover": N_("选封面"),
        "send": N_("交上去"),
        "remarks": N_("答复意见"),
        "published": N_("发布"),
    },
    "studio_at": {
        "done": N_("好了"),
        "now": N_("等您来做"),
        "runs": N_("正在进行"),
        "wrong": N_("出了问题"),
        "later": N_("还没到"),
    },
    "studio_do": {
        "upload": N_("选择录像文件"),
        "upload_on": N_("接着上传"),
        "look_on": N_("看每一步的进度"),
        "retry": N_("再试一次"),
        "another_file": N_("换一个文件上传"),
        "cuts": N_("看看分段"),
        "text": N_("加上文稿或字幕"),
        "words": N_("校对字幕"),
        "cover": N_("选封面"),
        "declare": N_("申报"),
        "publish": N_("发布"),
        "wait": N_("看审到哪里了"),
        "wait_staff": N_("打开这节课"),
        "answer": N_("逐条答复意见"),
        "send_again": N_("改好了，重新申报"),
        "draft": N_("看等待发布的修改"),
        "figures": N_("看大家学得怎么样"),
    },
    "studio_now": {
        "upload": N_("这节课还没有录像。选一个文件传上来，其余的由系统来做。"),
        "upload_on": N_("录像还没有传完。再选一次同一个文件，就会从断开的地方接着传。"),
        "look_on": N_("录像收到了，正在做成不超过 10 分钟的短视频。这一页可以关掉，做好了会通知您。"),
        "retry": N_("没有做成。录像还在服务器上，不用再传，可以再试一次。"),
        "another_file": N_("这个文件用不了，原因写在下面。请换一个文件再传，这一份可以删掉。"),
        "cuts": N_("短视频做好了。请看看分得合不合适：可以移动分界、改名字，觉得好就不用动。"),
        "text": N_("这节课还没有文字。加上文稿，或者让机器听写，大家才搜得到里面的话，也才有字幕。"),
        "words": N_("字幕有了。请一边听一边看，把错字改过来。"),
        "cover": N_("请选一张封面，大家先看到的就是它。觉得现在的好，也不用换。"),
        "declare": N_("都准备好了。请申报，由上级组织审核。"),
        "publish": N_("都准备好了。发布之后，大家就能看到。"),
        "wait": N_("已经交上去了，正在审核。有了结果会通知您，现在不用做什么。"),
        "wait_staff": N_("您这边都准备好了，等工作人员发布。现在不用做什么。"),
        "answer": N_("审核的同志提了意见。请一条一条答复，改好了再交。"),
        "send_again": N_("退回来了，意见都已经答复。改好了就可以重新申报。"),
        "draft": N_("您改过的地方还没有发布，大家看到的还是原来的。"),
        "figures": N_("这节课已经发布，大家可以看了。"),
    },
}
