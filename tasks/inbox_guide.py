"""What a unit has to know to put a file into the inbox, written there for it to read."""

from models.settings import settings
from rules.submission import KINDS
from tasks.size_cap import cap_of

GUIDE = "说明 README.txt"
_TEXT = """收件箱使用说明 · how to use the inbox

1. 把文件放入本单位的文件夹：inbox/单位代码/（如 inbox/110/）。
   Put files into your unit's folder: inbox/UNIT/, such as inbox/110/.
2. 文件名以上报种类开头，中文、英文均可（如 practice-1.csv、综合实践环节成绩（更正）.xlsx）；
   或放入以种类命名的子文件夹（如 inbox/110/期末考试成绩/）。
   Begin the name with the kind, or put the file into a folder named by the kind.
3. 同时有多个毕业季时，放入以毕业季命名的子文件夹（如 inbox/110/2020-01/、inbox/110/2020-01/期末考试成绩/）。
   While several seasons are open, put the file into a folder named by its season.
4. 正在写入的文件不会被读取；收到时间以文件写完为准。传输中的临时文件请以 .part 结尾。
   A file still being written is left alone; it counts as received when it was complete. End the name of
   a file under way with .part.
5. 已接收的文件移入 done/，未接收的移入 refused/ 并附原因；回执和未接收的行在 out/单位代码/。
   What was received moves to done/, what was not to refused/ with a note; answers lie in out/UNIT/.

种类 kinds（模板 template: biye submission template 种类）
{kinds}
"""


def guide() -> str:
    """Return the guide: where files go, how their names tell their kind, what happens to them."""
    lines = [f"   {spec.zh}  {kind}  ≤ {cap_of(kind) >> 20} MB" for kind, spec in KINDS.items()]
    return _TEXT.format(kinds="\n".join(lines))


def write_guide() -> None:
    """Write the guide into the inbox, where it is missing or out of date."""
    file = settings().folder("inbox") / GUIDE
    if not file.exists() or file.read_text(encoding="utf-8") != guide():
        file.write_text(guide(), encoding="utf-8")
