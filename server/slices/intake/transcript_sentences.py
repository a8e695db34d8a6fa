"""What is said of transcripts: how they fit, which one is in use; and what of a list was repaired."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    # how the one in use lies over the recording
    "past_the_end": (
        N_("%(count)s 行字幕在录像结束之后（到 %(last_s)s，录像长 %(length_s)s），超出的部分没有显示。"),
        N_("请检查文稿与录像是否对应；整体错开的话，可以在“文稿与字幕”页移动时间。"),
    ),
    "before_the_start": (N_("%(count)s 行字幕在录像开始之前，超出的部分没有显示。"), ""),
    "outside": (
        N_("%(count)s 行字幕全都在录像之外（到 %(last_s)s，录像长 %(length_s)s），一行也没有显示。"),
        N_("请检查文稿与录像是否对应；整体错开的话，可以在“文稿与字幕”页移动时间。"),
    ),
    "shifted_hours": (
        N_("字幕的时间是从整点算起的，%(count)s 行已经整体提前 %(hours)s 小时。"),
        N_("不对的话，可以在“文稿与字幕”页改。"),
    ),
    "shifted_stream": (
        N_("按字幕文件里写的时钟，%(count)s 行已经整体移动 %(seconds)s 秒。"),
        N_("不对的话，可以在“文稿与字幕”页改。"),
    ),
    "shifted_chosen": (N_("字幕的时间已按选定的整体移动 %(seconds)s 秒。"), ""),
    "shift_offered": (
        N_("对照录像里的停顿，字幕整体移动 %(seconds)s 秒会更合适（把握 %(percent)s%%），还没有移动。"),
        N_("请在“文稿与字幕”页看过之后再决定。"),
    ),
    # which one is in use
    "transcript_waits": (
        N_("新的文稿（第 %(n)s 版 %(name)s）不如正在用的合适，没有采用，也没有丢掉。"),
        N_("可以在“文稿与字幕”页比较和更换。"),
    ),
    "worse_untimed": (N_("正在用的有准确的时间，新的没有时间。"), ""),
    "worse_outside": (
        N_("新的只有 %(new_percent)s%% 的行在录像之内，正在用的有 %(old_percent)s%%。"),
        "",
    ),
    "worse_covered": (
        N_("新的只对上了讲话的 %(new_percent)s%%，正在用的对上了 %(old_percent)s%%。"),
        "",
    ),
    "worse_words": (N_("新的只有 %(new)s 个字，正在用的有 %(old)s 个字。"), ""),
    "transcript_fits_worse": (
        N_("新的文稿不如正在用的合适，所以没有采用。两份都保留着。"),
        N_("确实要换，请再传一次并加上 ?replace=true，或者在“文稿与字幕”页选用第 %(n)s 版。"),
    ),
    "transcript_changed_meanwhile": (
        N_("第 %(n)s 版文稿的时间或者录像刚刚变了，所以没有换。"),
        N_("请刷新页面，看一看现在的样子，再试一次。"),
    ),
    "shift_untimed": (N_("这份文稿没有时间，不能移动。"), N_("没有时间的文稿，系统会按停顿估计时间。")),
    "shift_too_far": (N_("移动得太远，最多 %(most_s)s。"), N_("请检查填写的秒数。")),
    "shift_unreadable": (N_("读不懂要移动的秒数：%(text)s。"), N_("请写成 -12.5 这样，负数是提前。")),
    "transcript_too_costly": (
        N_("这份文件读了 %(limit_s)s 还没有读完，或者展开后太大，没有收下。"),
        N_("请把文稿另存为纯文本（.txt）或字幕（.srt）再传。"),
    ),
    "reading_busy": (
        N_("现在正在读别的文稿，没有排上队，这份没有收下。"),
        N_("请过 %(wait_s)s 再传一次。"),
    ),
    "no_transcript_file": (N_("没有选择文件。"), N_("请先选择 .srt、.vtt、.txt 或 .docx 文件。")),
    # done
    "transcript_in_use": (N_("已经换上这份文稿。"), ""),
    "transcript_moved": (N_("字幕的时间已经移动。"), ""),
    # lists that are imported
    "name_spelt_otherwise": (
        N_("清单里的 %(name)s 找到的是 %(file)s，名字的大小写或编码写法不同。"),
        "",
    ),
    "file_ambiguous": (
        N_("%(name)s 有几个只差大小写的同名文件：%(found)s。"),
        N_("请在清单里照原样写。"),
    ),
    "import_honour": (
        N_("这一格荣誉看不懂，没有收：“%(text)s”。"),
        N_(
            "请写年份、级别（国家级、省级、市级、县级或乡镇级）和名称，用空格隔开，颁发单位放在最后的括号里。"
        ),
    ),
    "import_honour_removed": (
        N_("荣誉“%(text)s”没有再加上：这节课有过，后来被去掉了。"),
        N_("确实要的话，请在这节课的“荣誉、材料和基地”页上再加。"),
    ),
    "import_episode": (N_("看不懂集数：%(text)s，按先后排在后面。"), N_("请写数字，例如 3。")),
    "import_series": (N_("没有放进系列“%(name)s”：这节课已经在别的系列里，或系列已满。"), ""),
    "import_material_missing": (
        N_("材料 %(name)s 没有收：清单旁边没有这个文件，或者有几个分不清。"),
        N_("请检查文件名，再导入一次。"),
    ),
    "import_material": (
        N_("材料 %(name)s 没有收：格式不能收、太大、已损坏，或这节课的材料已满。"),
        N_("能收 PDF、docx、xlsx、pptx 和图片，40 MB 以内。"),
    ),
    "import_material_removed": (
        N_("材料 %(name)s 没有再加上：这节课有过，后来被去掉了。"),
        N_("确实要的话，请在这节课的“荣誉、材料和基地”页上再传。"),
    ),
    "text_beside_file": (N_("这一行既有字幕文件又有文稿，用了文件 %(name)s，没有用文稿那一格。"), ""),
    "merged_filled": (
        N_("有 %(areas)s 处合并的单元格，它们的值已经填给所跨的每一行（%(count)s 格）。"),
        "",
    ),
    "hidden_rows": (
        N_("%(count)s 行在表格里是隐藏的，也读了：第 %(lines)s 行。"),
        N_("不要的行请删去，而不是隐藏。"),
    ),
    "hidden_columns": (
        N_("%(count)s 列在表格里是隐藏的，也读了：%(columns)s。"),
        N_("不要的列请删去，而不是隐藏。"),
    ),
    "columns_not_read": (N_("%(column)s 列以后的 %(count)s 列没有读。"), N_("请把需要的列移到前面。")),
    "sheets_not_read": (
        N_("只读了工作表“%(name)s”，另外 %(count)s 张没有读：%(others)s。"),
        N_("需要的话，请把它们另存为单独的文件再导入。"),
    ),
    "headings_again": (N_("有 %(count)s 行只是表头，没有当作课程。"), ""),
    "manifest_too_large": (
        N_("这个工作簿太大：展开后超过 %(limit_bytes)s，或者超过 %(cells)s 格。"),
        N_("请删去空白的行列和不用的工作表，或另存为 .csv 再导入。"),
    ),
}
