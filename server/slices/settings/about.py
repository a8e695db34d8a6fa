"""What each setting is for, in words; English stands in the catalogue as docs/settings.md says it."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

ABOUT: Mapping[str, str] = {
    "data": N_("资料库的一切都放在这个文件夹里。"),
    "database_url": N_("数据库的地址（SQLAlchemy 写法）；空着：数据文件夹里的 SQLite。"),
    "jobs_url": N_("任务记在哪里；空着：数据文件夹里的 SQLite。"),
    "store_url": N_("录像和短视频放在哪里：s3://桶[/前缀]；空着：数据文件夹里的一个文件夹。"),
    "store_options": N_('对象存储（S3）的选项，写成 JSON，例如 {"endpoint": "http://s3:8333"}。'),
    "index": N_("搜索索引的文件夹，要在本机硬盘上。"),
    "search": N_("搜索引擎，各有各的索引；两万节课以上用 tantivy。"),
    "host": N_("网站在哪个地址上等人来。"),
    "port": N_("网站在哪个端口上等人来。"),
    "public_url": N_(
        "大家打开的网址，二维码和链接用它；有路径的写上路径（https://site/weike）；空着：主机和端口。"
    ),
    "trusted_proxies": N_("哪些代理传来的 X-Forwarded-* 可以相信。"),
    "lines": N_("网站同时接多少条连接，不超过系统允许打开的文件数。"),
    "lines_per_address": N_("其中一个地址最多几条（IPv6 按 /64 算）；可信的代理后面有很多人，不限。"),
    "head_s": N_("请求的标头要在几秒内到齐。"),
    "body_s": N_("请求正文的下一个 15 kB 要在几秒内到。"),
    "idle_s": N_("没有请求的连接留几秒；要比代理留的长（nginx：60）。"),
    "hsts_s": N_("从 https 来的浏览器，多少秒内只用 https；0：不说。"),
    "organisation": N_("第一次启动时，组织树最上面一级的名称。"),
    "language": N_("命令行用的语言。"),
    "site_name": N_("这个资料库叫什么：用在标题、分享卡片、海报和订阅里；空着：微课。"),
    "site_short_name": N_("地方窄的时候叫什么，例如每一页的上方；空着：用全称。"),
    "site_name_en": N_("英文页面上的名称；空着：用上面的名称。"),
    "accent": N_("白天的主色，用于链接、按钮和记号（#a51d24）；看不清的不收；空着：微课自己的颜色。"),
    "accent_dark": N_("夜间的主色；空着：离白天的主色最近、夜间看得清的颜色。"),
    "secret_file": N_("给访客的 Cookie、表单和播放签名的密钥文件；空着：在数据文件夹里生成。"),
    "media_secret_file": N_("给视频地址签名的密钥文件，nginx 也用它核对；空着：在数据文件夹里生成。"),
    "media_group": N_("用自己的账号送短视频的 nginx，属于哪个用户组；空着：没有。"),
    "media_life_s": N_("一个视频地址能播放多少秒。"),
    "second_factor": N_(
        "密码之外要不要手机上的验证码（TOTP）："
        "off（不要）、offered（愿意的人自己开）、staff 或 admins（他们必须用）。"
    ),
    "second_factor_secret_file": N_(
        "加密两步验证资料的密钥文件；空着：第一次用时在数据文件夹里生成。丢了，大家都要重新设置。"
    ),
    "identity_providers": N_(
        "还有谁可以让人登录，写成 JSON 列表：OpenID Connect、CAS、企业微信；空着：只用密码。"
    ),
    "mail_server": N_(
        "由谁寄信：smtps://用户@主机（TLS）、smtp://用户@主机（STARTTLS），或 smtp+plain://主机（不加密，只在本单位内网用），"
        "端口不同的写上 :端口；空着：不寄信。要同时设 WEIKE_MAIL_FROM 和 WEIKE_PUBLIC_URL。"
    ),
    "mail_password_file": N_("放邮件服务器密码的文件；别人不可以读它。"),
    "mail_from": N_("信从哪个邮箱寄出。"),
    "threads": N_("同时处理多少个请求；每个可能占一条数据库连接。"),
    "worker": N_("网站要不要同时做处理进程的事。"),
    "executor_id": N_("这个处理进程固定的名字；每个进程不一样。"),
    "worker_dead_after_s": N_("多少秒没有动静，就由别的处理进程接手（PostgreSQL）。"),
    "parallel_clips": N_("一个处理进程同时转码几个短视频。"),
    "ffmpeg": N_("用哪个 ffmpeg；空着：先找 PATH，再用自带的。"),
    "ffprobe": N_("用哪个 ffprobe；空着：先找 PATH，再用自带的。"),
    "speech": N_(
        "要不要识别语音：always（没有文稿的录像都识别）、on-request（有人要才识别）、never（不识别）。"
        "讲师可以给自己的课另选，never 除外。先要运行 python3 run.py setup --speech。"
    ),
    "speech_model": N_("语音模型的文件夹；空着：安装时放好的那个。"),
    "speech_threads": N_("识别用几个线程；一次只识别一段录像。"),
    "speech_nice": N_("识别给别的事让路到什么程度，最多 19。"),
    "speech_memory_bytes": N_("识别最多占多少地址空间；实际用到的约是五分之一。"),
    "max_upload_bytes": N_("最大收多大的文件。"),
    "quota_bytes": N_("一个人总共可以上传多少；空着：不限。"),
    "map_url": N_("基地的位置在哪个地图上看；{lat}、{lon}（WGS 84）和 {name} 会填进去。"),
    "keep_free_bytes": N_("上传再多也不占用的硬盘空间。"),
    "keep_uploads_days": N_("没有人继续的上传，过多少天放弃。"),
    "uploads_open_person": N_("一个人可以有几个开始了还没传完的上传；0：不限。"),
    "uploads_open_address": N_("同一个地址的所有人合起来，可以有几个没传完的上传；0：不限。"),
    "uploads_hour_person": N_("一个人一小时可以开始几个上传；0：不限。"),
    "uploads_hour_address": N_("同一个地址的所有人合起来，一小时可以开始几个上传；0：不限。"),
    "uploads_day_bytes_person": N_("一个人一天可以上传多少；0：不限。"),
    "uploads_day_bytes_address": N_("同一个地址的所有人合起来，一天可以上传多少；0：不限。"),
    "check_database_h": N_("过多少小时再检查一遍数据库的每一页。"),
    "invitation_days": N_("支部的邀请链接和邀请码，多少天内有效。"),
    "three_admins": N_(
        "系统（管理员）、安全（工作人员）、审计（审计员）是否三员分立：没有人同时担任两个，管理员也不再能看操作记录。"
    ),
    "downloads": N_("观众可不可以把短视频存成文件。"),
    "offline": N_("浏览器可不可以把页面和短视频留着，没有网络时用。关掉以后，已经留下的在下次打开时清除。"),
    "push_services": N_(
        "服务器可以向哪些浏览器推送服务发消息，写主机名，用空格隔开（"
        "fcm.googleapis.com *.push.services.mozilla.com "
        "*.notify.windows.com *.push.apple.com）；空着：不推送。浏览器也要连得上它们：没有外网的地方用不了。"
    ),
    "embed_on": N_(
        "哪些网站可以把课放进自己的网页，写网站的源，用空格隔开（https://portal.example.cn）；空着：没有。"
    ),
    "audit_keep_days": N_("操作记录（谁对谁做了什么）保留多少天；至少 180 天。"),
    "suggestions_keep_days": N_("意见建议答复或不处理以后，原文保留多少天。"),
    "sweep_after_h": N_("不属于任何课的文件，过多少小时清走。"),
    "keep_replaced_days": N_("重新分段以后，原来的短视频还能播放多少天。"),
    "view_min_s": N_("真正播放多少秒算一次观看。"),
    "view_short_clip_s": N_("比这更短的短视频，只要播放一部分就算。"),
    "view_short_share": N_("很短的短视频，播放多少（比例）算一次观看。"),
    "view_window_min": N_("同一个人看同一个短视频，多少分钟内只算一次。"),
    "view_max_rate": N_("最快按几倍速播放可以相信。"),
    "view_slack_s": N_("网络慢的时候，可以比时钟多相信几秒。"),
    "view_group_most": N_("工作人员组织的集体观看，最多报多少人。"),
    "view_group_lecturer_most": N_("讲师组织的集体观看，最多报多少人。"),
    "view_group_member_most": N_("党员组织的集体观看，最多报多少人。"),
    "view_group_hour": N_("一个支部一小时可以报几场坐满的集体观看，按人数算。"),
    "view_address_minute": N_("同一个地址上没有账号的人，一分钟最多计几次观看；0：都计。"),
    "view_address_clip_hour": N_("同一个地址上没有账号的人，一小时内一个短视频最多计几次观看；0：都计。"),
    "visitors_address_minute": N_(
        "同一个地址一分钟最多算几位新访客，一次可以用掉三分钟的；更多的合起来算一位。0：不限。"
    ),
    "complete_share": N_("看过一个短视频的多少（比例），算看完。"),
    "beat_every_s": N_("播放器多久报告一次。"),
    "beat_late_h": N_("播放开始以后，多少小时内的报告还收。"),
    "beat_gather_ms": N_("报告等多久，和别的一起写。"),
    "beat_queue": N_("最多几份报告在等；再多的请它过会儿再来。"),
    "roll_up_after_s": N_("启动以后多少秒，开始汇总已经过去的日子。"),
    "keep_plays_days": N_("单次播放的记录保留多少天；观看次数、合计和曲线一直留着。"),
    "keep_watchers_days": N_("一个人看过短视频的哪些部分，从最后一次起保留多少天。"),
    "query_searchers": N_("一天里有几个人搜同样的话，才向别人推荐它。"),
    "keep_queries_days": N_("有多少人搜过什么，保留多少天；0：不统计。"),
    "reflections_public": N_("支部可不可以把心得发布给所有人，不用登录就能看。"),
    "reflection_sound_max_min": N_("语音心得最长多少分钟；0：只收文字。"),
    "gathering_kinds": N_(
        "在通常的种类之外加哪些集中学习的种类，或者改它们的名称："
        '["movie=红色观影=Film evening=evening=everybody"]；'
        '"training=" 去掉一种。'
    ),
    "gathering_late_min": N_("集中学习开始多少分钟以后来的，算迟到。"),
    "backup_to": N_("处理进程把备份做到哪个文件夹，要在另一块硬盘上；空着：不做。"),
    "backup_every_min": N_("处理进程每隔多少分钟备份一次。"),
    "backup_keep": N_("留几份备份：最新的几份，以及最近几天每天的最后一份。"),
    "restore_test_days": N_("每隔多少天把最新的备份真的恢复一次试试；0：不试。"),
    "postgres_tools": N_("pg_dump 和 pg_restore 所在的文件夹，不能比服务器旧；空着：PATH。"),
    "log_format": N_("日志的每一行怎么写。"),
    "log_addresses": N_("日志里怎么记访客的地址：不记、只记网段，还是全记。"),
    "metrics": N_("Prometheus 从哪个地址和端口读 /metrics（127.0.0.1:9464）；空着：没有。"),
    "metrics_token": N_("读 /metrics 的人要出示的 Authorization: Bearer；从别的机器读时必须有。"),
    "otel_url": N_(
        "把追踪数据送到哪个 OTLP 收集器（http://127.0.0.1:4318）；"
        "空着：不送。要先装 requirements/otel.txt 里的包。"
    ),
}
