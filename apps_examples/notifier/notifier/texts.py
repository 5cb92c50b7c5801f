"""What people read, in English and 简体中文."""

from collections.abc import Mapping
from datetime import UTC, datetime

from notifier.quiet import zone_of

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Notifier", "消息通知"),
    "channels": ("Channels", "通道"),
    "no_channels": ("No channel is set up yet.", "尚未设置通道。"),
    "add": ("Add a channel", "添加通道"),
    "edit": ("Change", "修改"),
    "back": ("Back", "返回"),
    "save": ("Save", "保存"),
    "delete": ("Delete the channel", "删除通道"),
    "delete_what": (
        "Its words and its messages go with it, also what still waits.",
        "其措辞和消息会一并删除，包括等待发送的。",
    ),
    "deleted": ("The channel and its messages are deleted.", "通道及其消息已删除。"),
    "saved": ("Saved.", "已保存。"),
    "test": ("Send a test", "发送测试"),
    "test_title": ("A test from Portico", "来自 Portico 的测试"),
    "test_body": ("If you can read this, the channel works.", "能看到这条消息，说明通道正常。"),
    "test_ok": ("The test was taken: {}", "测试已被接收：{}"),
    "test_failed": ("The test was not taken: {}", "测试未被接收：{}"),
    "name": ("Name", "名称"),
    "kind": ("Chat", "聊天工具"),
    "address": ("Address of the incoming webhook", "传入 Webhook 地址"),
    "address_kept": ("Left empty, the address stays: {}", "留空则保留现有地址：{}"),
    "secret": ("Secret for signing (DingTalk, Feishu)", "加签密钥（钉钉、飞书）"),
    "secret_help": ("Left empty, the secret stays as it is.", "留空则保留现有密钥。"),
    "language": ("Language of its messages", "消息语言"),
    "quiet": ("When to hold messages", "何时暂存消息"),
    "quiet_workspace": ("In the company's quiet hours", "公司的免打扰时段"),
    "quiet_person": ("While I am on a break, away or not to be disturbed", "我休息、离开或免打扰时"),
    "quiet_never": ("Never", "从不"),
    "enabled": ("Messages are posted", "发送消息"),
    "events": ("What is posted", "发送内容"),
    "post": ("Post", "发送"),
    "urgent": ("Also when it is quiet", "免打扰时也发送"),
    "template": ("Words", "措辞"),
    "template_title": ("Title", "标题"),
    "template_body": ("Text", "正文"),
    "template_help": (
        "{{{{ subject }}}} stands for a value of the event. Nothing else in a template does anything.",
        "{{{{ subject }}}} 代表事件中的一个值，模板中没有其他功能。",
    ),
    "preview": ("Preview", "预览"),
    "preview_of": ("With what happened on {}", "以 {} 发生的事件为例"),
    "no_past": ("Nothing of this kind has happened yet that this app may see.", "尚无此应用可见的此类事件。"),
    "unknown": ("This event has no value for: {}", "此事件中没有：{}"),
    "reset": ("Back to the usual words", "恢复默认措辞"),
    "log": ("Messages of the last 30 days", "最近 30 天的消息"),
    "no_messages": ("Nothing was posted yet.", "尚未发送消息。"),
    "when": ("When", "时间"),
    "channel": ("Channel", "通道"),
    "message": ("Message", "消息"),
    "state": ("State", "状态"),
    "again": ("Send again", "重新发送"),
    "queued": ("It is sent again.", "已重新发送。"),
    "sent": ("Sent", "已发送"),
    "sent_day": ("Sent in 24 hours", "24 小时内已发送"),
    "failed": ("Failed", "失败"),
    "held": ("Held", "暂存"),
    "waiting": ("Waiting", "等待"),
    "works": ("Works", "正常"),
    "failing": ("Failing", "有失败"),
    "paused": ("Paused", "已暂停"),
    "due": ("next try {}", "下次尝试 {}"),
    "attempts": ("{} tries", "尝试 {} 次"),
    "digest": ("{} messages while it was quiet", "免打扰期间有 {} 条消息"),
    "and_more": ("and {} more", "还有 {} 条"),
    "only_managers": (
        "Channels are set up by whom your admin named in the settings of this app.",
        "通道由管理员在此应用的设置中指定的人设置。",
    ),
    "unavailable": ("Portico does not answer this app at present.", "Portico 目前未响应此应用。"),
    "name_missing": ("Give the channel a name of at most 80 letters.", "请填写名称，最多 80 个字。"),
    "kind_unknown": ("Choose a chat.", "请选择聊天工具。"),
    "address_refused": (
        "Post to https and to a host that was agreed to, or that an admin added in the settings of this app.",
        "地址须为 https，且主机已获同意，或已由管理员在此应用的设置中添加。",
    ),
    "title_missing": ("A message needs a title.", "消息需要标题。"),
    "template_long": (
        "A title has 200 letters at most, a text 2,000.",
        "标题最多 200 个字，正文最多 2000 个字。",
    ),
    "template_braces": ("Between {{{{ and }}}} stands one name.", "{{{{ 与 }}}} 之间只能有一个名称。"),
    "address_unreadable": ("The address has to be given again.", "需要重新填写地址。"),
    "host_not_agreed": ("The host is not agreed to any more.", "该主机未获同意。"),
    "address_inside": ("The host is an address inside a network.", "该主机是内网地址。"),
    "ticket.created": ("A ticket was opened", "新建工单"),
    "ticket.assigned": ("A ticket was given to somebody", "工单已分配"),
    "ticket.solved": ("A ticket was solved", "工单已解决"),
    "announcement.published": ("An announcement was published", "公告已发布"),
    "absence.requested": ("Days off were asked for", "申请请假"),
    "absence.approved": ("Days off were agreed", "请假已批准"),
    "approval.requested": ("Something is to be approved", "有待审批事项"),
    "employee.created": ("Somebody joined", "新员工"),
    "employee.departed": ("Somebody left", "员工离职"),
    "contact.created": ("A contact was added", "新联系人"),
}


class Language:
    """For one reader; `locale` is such as en, zh-CN or zh_Hans_CN."""

    def __init__(self, locale: str = "en", timezone: str = "UTC") -> None:
        self._chinese = locale.lower().startswith("zh")
        self.tag = "zh-CN" if self._chinese else "en"
        self._zone = zone_of(timezone)

    def text(self, key: str, detail: object = "") -> str:
        return _WORDS[key][self._chinese].format(detail)

    def error(self, words: str) -> str:
        """What this app found itself, in the reader's language; what a chat said, as it said it."""
        return self.text(words) if words in _WORDS else words

    def time(self, seconds: float) -> str:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone(self._zone):%Y-%m-%d %H:%M}"

    def moment(self, text: object) -> str:
        """Of an event."""
        try:
            return self.time(datetime.fromisoformat(str(text)).timestamp())
        except ValueError:
            return str(text)
