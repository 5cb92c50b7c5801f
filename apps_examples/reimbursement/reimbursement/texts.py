"""What people read, in English and 简体中文."""

import datetime as dt
from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Expenses", "报销"),
    "finance_title": ("Expenses: finance", "报销：财务"),
    "back": ("All claims", "所有报销单"),
    "waiting": ("For you to decide", "等待您审批"),
    "mine": ("My claims", "我的报销单"),
    "none_yet": ("You have not claimed anything yet.", "您还没有提交过报销。"),
    "begin": ("New claim", "新建报销单"),
    "what_for": ("What for", "事由"),
    "what_for_help": ("Such as Trip to Lisbon, or Keyboard", "例如：上海出差、键盘"),
    "start": ("Begin", "开始"),
    "note": ("Note", "备注"),
    "optional": ("optional", "选填"),
    "save": ("Save", "保存"),
    "saved": ("Saved.", "已保存。"),
    "total": ("Total", "合计"),
    "nothing_yet": ("nothing yet", "暂无"),
    "lines": ("Expenses", "费用明细"),
    "no_lines_yet": ("Add what you paid, one line for each.", "请逐行添加您支付的费用。"),
    "add_line": ("Add an expense", "添加费用"),
    "change_line": ("Change the expense", "修改费用"),
    "add": ("Add", "添加"),
    "change": ("Change", "修改"),
    "remove": ("Remove", "删除"),
    "which": ("{}: {}", "{}：{}"),
    "day": ("Day", "日期"),
    "category": ("Category", "类别"),
    "amount": ("Amount", "金额"),
    "currency": ("Currency", "币种"),
    "supplier": ("Supplier", "供应商"),
    "invoice_no": ("Invoice number", "发票号"),
    "receipts": ("Receipts", "票据"),
    "no_receipts_yet": ("No receipt is there yet.", "还没有票据。"),
    "receipt_help": (
        "A photo or a PDF, up to {} MB; several at once are fine. Place and camera are taken out of photos.",
        "照片或 PDF，最大 {} MB，可一次选择多个。照片中的位置和相机信息会被去除。",
    ),
    "upload": ("Add receipts", "上传票据"),
    "submit": ("Send for approval", "提交审批"),
    "discard": ("Delete the draft", "删除草稿"),
    "withdraw": ("Take back to change", "撤回修改"),
    "send_back": ("Send back", "退回"),
    "send_back_help": ("What should be changed?", "需要修改什么？"),
    "decide": ("Decide in To approve", "前往审批"),
    "known": ("I have looked: these are different purchases.", "我已核对：这是不同的费用。"),
    "used_before": ("Invoice used before", "发票曾使用过"),
    "repeated": ("Used before", "曾使用过"),
    "twice_mine": (
        "You have used invoice {} of {} before: in “{}”.",
        "您曾在“{2}”中使用过 {1} 的发票 {0}。",
    ),
    "twice_here": ("Invoice {} of {} stands in this claim twice.", "{1} 的发票 {0} 在本报销单中出现两次。"),
    "twice_other": ("Somebody else has used invoice {} of {} before.", "{1} 的发票 {0} 已被他人使用过。"),
    "twice_seen": (
        "Invoice {} of {} stands also in “{}” by {}: {}, {}, {}.",
        "{1} 的发票 {0} 也出现在 {3} 的“{2}”中：{4}，{5}，{6}。",
    ),
    "receipt_before": ("Receipt used before", "票据曾使用过"),
    "receipt_mine": ("You have used the file {} before: in “{}”.", "您曾在“{1}”中使用过文件 {0}。"),
    "receipt_other": ("Somebody else has used the file {} before.", "文件 {} 已被他人使用过。"),
    "receipt_seen": ("The file {} stands also in “{}” by {}: {}.", "文件 {0} 也出现在 {2} 的“{1}”中：{3}。"),
    "open_other": ("Open it", "打开"),
    "done_submit": ("Your claim is with whoever decides.", "报销单已提交审批。"),
    "done_withdraw": ("You can change it now, and send it again.", "现在可以修改并重新提交。"),
    "done_send_back": ("Sent back, and told so.", "已退回并通知本人。"),
    "done_discard": ("The draft is gone.", "草稿已删除。"),
    "is_draft": ("Draft", "草稿"),
    "is_sent": ("Being sent", "提交中"),
    "is_pending": ("Waits for approval", "等待审批"),
    "is_approved": ("Approved, to be paid", "已批准，待付款"),
    "is_rejected": ("Rejected", "已拒绝"),
    "is_returned": ("Sent back", "已退回"),
    "is_paid": ("Paid", "已付款"),
    "is_all": ("All", "全部"),
    "two": ("Two people approve this amount.", "此金额需两人审批。"),
    "submitted": ("Sent", "提交"),
    "decided": ("Decided", "审批"),
    "paid_by": ("Paid with the reference {}.", "已付款，付款编号 {}。"),
    "person": ("Person", "人员"),
    "approval_title": ("Expenses: {}", "报销：{}"),
    "more_lines": ("More lines", "其余行数"),
    "told_returned": ("Your expense claim was sent back: {}", "您的报销单被退回：{}"),
    "told_paid": ("Your expense claim was paid: {}", "您的报销已付款：{}"),
    "expired": ("Nobody decided in time. You can send it again.", "审批已过期，可重新提交。"),
    "no_second": (
        "Nobody is there who could approve this amount besides the manager. Ask whoever set up Expenses to name one.",
        "除上级外没有人可以审批此金额。请联系报销应用的管理员指定一人。",
    ),
    "cannot_ask": (
        "Nobody can be asked for you at present. Talk to whoever keeps the people of the company.",
        "目前无法为您发起审批，请联系人事管理员。",
    ),
    "category_travel": ("Travel", "差旅"),
    "category_lodging": ("Lodging", "住宿"),
    "category_meals": ("Meals", "餐饮"),
    "category_equipment": ("Equipment", "设备"),
    "category_other": ("Other", "其他"),
    # Refusals
    "claim_gone": ("This claim is not there any more.", "该报销单已不存在。"),
    "claim_sent": ("It was sent, and cannot be changed. Take it back first.", "已提交，无法修改。请先撤回。"),
    "title_missing": ("Say what it was for.", "请填写事由。"),
    "currency_unknown": ("Choose one of: {}", "请选择：{}"),
    "amount_0": ("Write {} without decimals, such as 1234, and more than 0.", "{} 没有小数，例如 1234，且须大于 0。"),
    "amount_2": ("Write {} such as 1234.50, and more than 0.", "{} 金额例如 1234.50，且须大于 0。"),
    "amount_3": ("Write {} such as 1234.500, and more than 0.", "{} 金额例如 1234.500，且须大于 0。"),
    "category_unknown": ("There is no such category. There are: {}", "没有该类别。可选：{}"),
    "supplier_missing": ("Say whose invoice it is.", "请填写发票的供应商。"),
    "day_missing": ("Say when it was.", "请填写日期。"),
    "day_format": ("Write a day as 2026-12-24.", "日期格式如 2026-12-24。"),
    "day_future": ("This day has not come yet.", "该日期尚未到来。"),
    "day_old": ("Expenses are claimed within {} days.", "费用须在 {} 天内报销。"),
    "too_many_lines": ("At most {} expenses stand in one claim.", "每张报销单最多 {} 行费用。"),
    "too_many_receipts": ("At most {} receipts belong to one claim.", "每张报销单最多 {} 张票据。"),
    "receipt_missing": ("Choose a file first.", "请先选择文件。"),
    "receipt_large": ("A receipt has at most {} MB. Take a smaller photo.", "票据最大 {} MB，请缩小照片。"),
    "receipt_type": ("Give a JPEG, PNG or WebP picture, or a PDF.", "请上传 JPEG、PNG、WebP 图片或 PDF。"),
    "receipt_refused": (
        "This file is not what its name says, or cannot be read. Save it anew as JPEG or PDF.",
        "文件内容与名称不符或无法读取，请重新保存为 JPEG 或 PDF。",
    ),
    "no_lines": ("Add an expense first.", "请先添加费用。"),
    "no_receipt": ("Add a receipt first.", "请先上传票据。"),
    "say_known": ("Look at the warning, and say that you have.", "请核对提示并勾选确认。"),
    "changed_meanwhile": ("It changed meanwhile. Look at it again.", "内容刚被修改，请再次核对。"),
    "note_missing": ("Say what should be changed.", "请说明需要修改什么。"),
    "too_late": ("It has been decided meanwhile. Look at it again.", "已有结果，请再次查看。"),
    "people_only": ("Only people have expenses.", "只有员工可以报销。"),
    "refused": ("This cannot be done:", "无法完成："),
    "not_yours": (
        "A claim is shown to the person, to those who decide, and to finance.",
        "报销单仅本人、审批人和财务可见。",
    ),
    "unavailable": (
        "Expenses cannot read what it needs at present. Try again in a moment.",
        "报销应用目前无法读取所需数据，请稍后再试。",
    ),
    # Finance
    "finance_only": (
        "This page is for finance. Whoever set up Expenses names them in its settings.",
        "此页面仅供财务使用，由管理员在应用设置中指定。",
    ),
    "status": ("Status", "状态"),
    "first": ("From", "从"),
    "last": ("Until", "至"),
    "fresh": ("Not exported yet", "尚未导出"),
    "show": ("Show", "查询"),
    "claims": ("Claims", "报销单"),
    "none_found": ("No claim is like this.", "没有符合条件的报销单。"),
    "only_newest": ("Only the newest {} are shown. Say a period.", "仅显示最新的 {} 张，请指定期间。"),
    "choose": ("Choose", "选择"),
    "own": ("Your own: somebody else pays it.", "您本人的报销由他人付款。"),
    "pay": ("Mark as paid", "标记为已付款"),
    "reference": ("Payment reference", "付款编号"),
    "paid_on": ("Paid on", "付款日期"),
    "reference_missing": ("Say the reference of the payment.", "请填写付款编号。"),
    "none_chosen": ("Choose the claims first.", "请先选择报销单。"),
    "done_pay": ("Paid and told: {}. {}", "已付款并通知：{}。{}"),
    "left_out": ("Somebody else was faster with: {}", "以下已由他人处理：{}"),
    "export": ("Export as CSV", "导出 CSV"),
    "exports": ("Files", "文件"),
    "done_export": ("The file is ready below.", "文件已生成，见下方。"),
    "nothing_to_export": ("There is nothing to export among these.", "其中没有可导出的内容。"),
    "file_of": ("{} claims, {} by {}", "{} 张报销单，{}，{}"),
    "download": ("Download", "下载"),
    "year": ("This year", "今年"),
    "yes": ("yes", "是"),
    "to_pay": ("To be paid", "待付款"),
    "on_the_way": ("On the way", "审批中"),
    "count": ("{} claims", "{} 张"),
    "asked_by_action": ("Kept as a draft: add the receipt and send it.", "已保存为草稿：请上传票据并提交。"),
    "column_claim": ("Claim", "报销单"),
    "column_title": ("What for", "事由"),
    "column_employee": ("Person", "人员"),
    "column_email": ("Address", "邮箱"),
    "column_employee_no": ("Number", "工号"),
    "column_status": ("Status", "状态"),
    "column_submitted": ("Sent", "提交日期"),
    "column_approved": ("Decided", "审批日期"),
    "column_paid": ("Paid", "付款日期"),
    "column_reference": ("Payment reference", "付款编号"),
    "column_day": ("Day", "费用日期"),
    "column_category": ("Category", "类别"),
    "column_supplier": ("Supplier", "供应商"),
    "column_invoice_no": ("Invoice number", "发票号"),
    "column_note": ("Note", "备注"),
    "column_currency": ("Currency", "币种"),
    "column_amount": ("Amount", "金额"),
    "column_used_before": ("Invoice also elsewhere", "发票重复"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Language:
    """Texts and dates for one reader; `locale` is that of the session token, such as zh-CN or zh_Hans_CN."""

    def __init__(self, locale: str = "en") -> None:
        self._which = int(locale.lower().startswith("zh"))
        self.tag = ("en", "zh-CN")[self._which]

    def text(self, key: str, *details: str | int) -> str:
        return _WORDS[key][self._which].format(*details)

    def said(self, words: str) -> str:
        """What somebody wrote; or after `!` the key of what the app says itself."""
        key = words[1:] if words.startswith("!") else ""
        return self.text(key) if key in _WORDS else words

    def category(self, key: str) -> str:
        """Those that ship have words here; one that the company made has its own."""
        return self.text(f"category_{key}") if f"category_{key}" in _WORDS else key.capitalize()

    def date(self, day: dt.date | None) -> str:
        if day is None:
            return "–"
        if self._which:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
