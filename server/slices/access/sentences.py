"""What happens at the doors and with one's own account."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "sign_in_failed": (
        N_("用户名或密码不对。"),
        N_("请检查输入法和大小写；忘了密码，请找管理员要一个重设链接。"),
    ),
    "sign_in_wait": (
        N_("密码错得太多了。"),
        N_("请过 %(wait_s)s 再试；忘了密码，请找管理员要一个重设链接。"),
    ),
    "sign_in_wait_name": (
        N_("有人在很多地方用这个用户名试密码，为了保护这个账号，没有登录过它的设备要等一等。"),
        N_("请过 %(wait_s)s 再试，或者用您以前登录过的设备；着急可以找管理员要一个重设链接。"),
    ),
    "sign_in_wait_address": (
        N_("从您这个网络来的登录，密码错得太多了。"),
        N_("请过 %(wait_s)s 再试；以前在这里登录过的设备不受影响。"),
    ),
    "code_unknown": (
        N_("没有这个码，或者已经用过、作废、过期。"),
        N_("请对照纸上再看一遍（只有数字 2 到 9 和字母，没有 0、1、I、L、O、U）；还是不行，请找支部书记。"),
    ),
    "code_wait": (
        N_("从您这个网络来的，输错的码太多了。"),
        N_("请过 %(wait_s)s 再试；扫码或点链接不用等。"),
    ),
    "join_wait": (N_("从您这个网络来的申请太多了。"), N_("请过 %(wait_s)s 再试，或者直接找支部书记。")),
    "join_code_ended": (
        N_("这个支部码不能用：可能已经换了、收回了、过期了，或者支部已经撤销、并入别的支部。"),
        N_("请向支部书记要现在的码。"),
    ),
    "forgotten_wait": (
        N_("从您这个网络来的，要新密码的请求太多了。"),
        N_("请过 %(wait_s)s 再试，或者找支部书记当面重设。"),
    ),
    "mail_address": (
        N_("“%(address)s”不像一个邮箱地址。"),
        N_("请写成 name@example.cn 的样子，字母和数字用英文输入法。"),
    ),
    "mail_address_same": (N_("这已经是您的邮箱。"), N_("要换，请写另一个。")),
    "mail_password_changed": (N_("刚才密码在别处改了。"), N_("请用新密码再试一次。")),
    "mail_wait": (N_("信刚刚才发出。"), N_("请先看看收件箱和垃圾邮件；过 %(wait_s)s 可以再发一封。")),
    "mail_many": (
        N_("一天里发的信已经有 %(most)s 封了。"),
        N_("请看看收件箱和垃圾邮件，或者明天再试。"),
    ),
    "mail_link_over": (
        N_("这个链接不能用：可能已经用过、过期，或者又填了别的邮箱。"),
        N_("请登录后在“我的账号 → 邮箱”里再填一次。"),
    ),
    "join_full": (N_("等书记同意的人已经太多了。"), N_("请直接找支部书记。")),
    "hashing_busy": (N_("现在登录的人太多，没有排上队。"), N_("请过 %(wait_s)s 再试。")),
    "link_no_longer_fits": (
        N_("这个链接发出以后，这个账号的角色或发链接的人的权限有了变化，链接不能再用。"),
        N_("请找管理员再要一个。"),
    ),
    "token_scope": (
        N_("这个令牌的用途不包括这件事。"),
        N_("请在“我的账号”里建立一个用途合适的新令牌。"),
    ),
    "token_never": (N_("这件事只能由本人在网页上做，不能用令牌。"), N_("请在浏览器里登录后再做。")),
    "link_used_or_expired": (N_("这个链接已经用过，或者过期了。"), N_("请向发链接给您的人再要一个。")),
    "token_unknown": (N_("这个令牌不对，或已作废、到期。"), N_("请在“我的账号”里建立新的令牌。")),
    "password_short": (N_("密码太短。"), N_("至少要 %(least)s 个字符；一句好记的话就很好。")),
    "password_common": (N_("这个密码太容易被猜到。"), N_("请换一个，例如一句只有您记得的话。")),
    "passwords_differ": (N_("两次输入的密码不一样。"), N_("请重新输入。")),
    "password_wrong": (N_("现在的密码不对。"), N_("请重新输入。")),
    "half_over": (
        N_("这次登录隔得太久，或者密码、两步验证刚刚改过。"),
        N_("请重新登录。"),
    ),
    "second_factor_wrong": (
        N_("验证码不对，或者已经用过。"),
        N_("请等验证器换下一组数字再输入；总是不对，请看手机的时间是不是自动设置的。"),
    ),
    "second_factor_stands": (N_("两步验证已经设置好了。"), N_("要换手机，请先取消，再重新设置。")),
    "second_factor_not_begun": (N_("还没有开始设置两步验证。"), N_("请先点“开始设置”。")),
    "second_factor_none": (N_("这个人没有两步验证。"), ""),
    "second_factor_required": (
        N_("您的角色必须使用两步验证，不能取消。"),
        N_("换手机请找管理员取消一次，再用新手机设置。"),
    ),
    "second_factor_unreadable": (
        N_("服务器上给两步验证加密的密钥换过了，读不出您手机对应的密钥。"),
        N_("请用一个恢复码登录；没有恢复码，请找管理员取消两步验证。"),
    ),
    "provider_away": (
        N_("“%(provider)s”现在没有回应。"),
        N_("请过几分钟再试，或者用密码登录；一直不行，请告诉管理员。"),
    ),
    "provider_certificate": (
        N_("“%(provider)s”出示的证书这台服务器不信任。"),
        N_("请告诉管理员：证书过期了，或者要在 ca_file 里写上单位自己的根证书。"),
    ),
    "provider_ca": (N_("给“%(provider)s”设的证书文件不能用（%(why)s）。"), N_("请管理员检查 ca_file。")),
    "provider_secret": (
        N_("这台服务器在“%(provider)s”那里的密钥不对或读不出来（%(why)s）。"),
        N_("请管理员检查 client_id、secret_file 和可信 IP。"),
    ),
    "provider_cas_missing": (
        N_("“%(provider)s”用的是 CAS，但 python-cas 没有安装。"),
        N_("请管理员安装 requirements/cas.txt。"),
    ),
    "provider_clock": (
        N_("这台服务器的时钟和“%(provider)s”的差得太多，登录凭证不能用。"),
        N_("请告诉管理员校准时间（例如 timedatectl set-ntp true），再试一次。"),
    ),
    "provider_denied": (
        N_("您在“%(provider)s”没有完成登录，或者没有同意。"),
        N_("请再试一次，或者用密码登录。"),
    ),
    "provider_refused": (
        N_("“%(provider)s”送回的凭证没有通过检查。"),
        N_("请再试一次；还是不行，请告诉管理员，原因在服务器的日志里。"),
    ),
    "provider_flow_over": (
        N_("这次登录隔得太久，或者是在另一个浏览器里开始的。"),
        N_("请在这个浏览器里重新点一次登录按钮。"),
    ),
    "identity_unknown": (
        N_("您在那边登录好了（%(account)s），但这里还没有账号和它关联。"),
        N_("请向您所在支部的工作人员要一个一次性链接，打开后选择用那边的账号登录。"),
    ),
    "identity_closed": (N_("和它关联的账号已经停用。"), N_("请找您所在支部的工作人员。")),
    "identity_taken": (
        N_("您在那边的账号已经和这里的一个账号关联了。"),
        N_("不用链接，直接在登录页选它登录；关联错了，请找工作人员解除。"),
    ),
    "identity_outsider": (
        N_("您不是“%(provider)s”里本单位的成员。"),
        N_("请让管理员把您加进通讯录，或者用密码登录。"),
    ),
    # done
    "second_factor_off": (N_("两步验证已取消。"), ""),
    "second_factor_taken": (N_("已取消这个人的两步验证，并写进操作记录。"), ""),
    "link_ended": (N_("已解除关联。"), ""),
    "signed_in": (N_("已登录，欢迎您。"), ""),
    "signed_in_reset": (
        N_("已登录。有人给您做过重设密码的链接或码，您还没有用。"),
        N_("谁、什么时候，请看“我的账号”；不是您要求的，请改一次密码，它就作废。"),
    ),
    "mail_sent": (N_("信已发往这个邮箱。请打开里面的链接，邮箱才算数。"), ""),
    "mail_confirmed": (N_("邮箱已确认。忘了密码时，可以用它设一个新的。"), ""),
    "mail_removed": (N_("邮箱已删除。"), ""),
    "mail_reset_sent": (
        N_("如果这个账号确认过邮箱，几分钟内会收到一封信，里面的链接可以设新密码。"),
        N_("没收到，请看看垃圾邮件，或者找支部书记当面重设。"),
    ),
    "signed_out": (N_("已退出登录。"), ""),
    "welcome": (N_("账号建好了，欢迎您。"), ""),
    "password_changed": (
        N_("密码已修改。其他设备都已退出登录，令牌和您发出的还没有用的链接也已作废。"),
        "",
    ),
    "device_signed_out": (N_("那台设备已退出登录。"), ""),
    "signed_out_everywhere": (N_("所有设备都已退出登录，令牌和还没有用的链接也已作废。"), ""),
    "token_revoked": (N_("令牌已作废。"), ""),
    "others_signed_out": (N_("其他设备都已退出登录。"), ""),
}
