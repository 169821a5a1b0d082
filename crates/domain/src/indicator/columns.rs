//! The columns of reports: name, titles, definition, source and value of each, said once. Tables,
//! CSV, JSON, the wire and sheets read them here.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::column::{Column, Value};
use super::form::{Cell, Cells};
use super::i766::Item;
use super::memo::{Memo, Memos};
use super::rates::Row;
use super::statistics::Bridge;

const FORM: &str = "Thông tư 03/2025/TT-VPCP, biểu II.06a";

macro_rules! cell {
    ($cell:ident, $name:literal, $vi:literal, $en:literal, $definition_vi:literal, $definition_en:literal) => {
        Column {
            name: $name,
            vi: $vi,
            en: $en,
            definition_vi: $definition_vi,
            definition_en: $definition_en,
            source: FORM,
            value: |row: &Cells| Value::Count(row.get(Cell::$cell)),
        }
    };
}

/// The columns of form II.06a, from (3) on.
pub const II06A: [Column<Cells>; Cell::COUNT] = [
    cell!(
        Total,
        "total",
        "Tổng số tiếp nhận",
        "all",
        "(3) = (4) + (5) + (6): tiếp nhận trước khi hết kỳ và chưa kết thúc trước kỳ",
        "(3) = (4) + (5) + (6): received before the period's end and not ended before it"
    ),
    cell!(
        ReceivedOnline,
        "received_online",
        "Trực tuyến",
        "online",
        "(4): tiếp nhận trực tuyến trong kỳ",
        "(4): received in the period, online"
    ),
    cell!(
        ReceivedDirect,
        "received_direct",
        "Trực tiếp, bưu chính",
        "desk, post",
        "(5): tiếp nhận trực tiếp hoặc qua bưu chính trong kỳ",
        "(5): received in the period, at a desk or by post"
    ),
    cell!(
        CarriedOver,
        "carried_over",
        "Từ kỳ trước",
        "carried over",
        "(6): tiếp nhận trước kỳ",
        "(6): received before the period"
    ),
    cell!(
        Resolved,
        "resolved",
        "Đã giải quyết",
        "ended",
        "(7) = (8) + (9) + (10): đã giải quyết xong, dừng giải quyết hoặc công dân rút trong kỳ, sau khi tiếp nhận",
        "(7) = (8) + (9) + (10): resolved, stopped or withdrawn in the period, after receipt"
    ),
    cell!(
        Early,
        "early",
        "Trước hạn",
        "early",
        "(8): trước ngày hẹn trả, hoặc trước thời điểm hẹn trả nếu thời hạn tính bằng giờ",
        "(8): before the due day, or the due instant for limits in hours"
    ),
    cell!(
        OnDue,
        "on_due",
        "Đúng hạn",
        "on the day",
        "(9): trong ngày hẹn trả, hoặc đúng thời điểm hẹn trả",
        "(9): on the due day, or at the due instant"
    ),
    cell!(
        Late,
        "late",
        "Quá hạn",
        "late",
        "(10): sau ngày hoặc thời điểm hẹn trả",
        "(10): after it"
    ),
    cell!(
        Pending,
        "pending",
        "Đang giải quyết",
        "pending",
        "(11) = (12) + (13): chưa kết thúc khi hết kỳ",
        "(11) = (12) + (13): open at the period's end"
    ),
    cell!(
        PendingInTime,
        "pending_in_time",
        "Trong hạn",
        "in time",
        "(12): đang tạm dừng tính thời hạn, hoặc chưa qua 24 giờ của ngày hẹn trả (thời điểm hẹn trả)",
        "(12): the clock stands, or 24:00 of the due day (the due instant) has not passed"
    ),
    cell!(
        PendingLate,
        "pending_late",
        "Quá hạn",
        "late",
        "(13): chưa kết thúc và đã qua ngày hoặc thời điểm hẹn trả",
        "(13): open past it"
    ),
];

macro_rules! memo {
    ($kind:ident $memo:ident, $name:literal, $vi:literal, $en:literal, $definition_vi:literal, $definition_en:literal) => {
        Column {
            name: $name,
            vi: $vi,
            en: $en,
            definition_vi: $definition_vi,
            definition_en: $definition_en,
            source: "",
            value: |memos: &Memos| memo!(@$kind memos, $memo),
        }
    };
    (@count $memos:ident, $memo:ident) => { Value::Count($memos.count(Memo::$memo)) };
    (@rate $memos:ident, $memo:ident) => { Value::Rate($memos.rate(Memo::$memo)) };
}

/// What stands beside the form. Of the dossiers of column (3) unless it says otherwise.
pub const MEMO: [Column<Memos>; Memo::COUNT] = [
    memo!(count NoDueReceived, "no_due_received", "Không có hạn: tiếp nhận", "without due time: received", "tiếp nhận trong kỳ, không có hạn trả; không nằm trong cột nào của biểu", "received in the period without a due time; in no column of the form"),
    memo!(count NoDueEnded, "no_due_ended", "Không có hạn: đã xong", "without due time: ended", "kết thúc trong kỳ, không có hạn trả", "ended in the period without a due time"),
    memo!(count NoDuePending, "no_due_pending", "Không có hạn: đang xử lý", "without due time: pending", "chưa kết thúc khi hết kỳ, không có hạn trả", "open at the period's end without a due time"),
    memo!(count Mirrored, "mirrored", "Hồ sơ theo dõi của hệ thống khác", "mirrored", "hồ sơ của hệ thống khác, chưa kết thúc trước kỳ; không nằm trong cột nào của biểu", "another system's dossiers, not ended before the period; in no column of the form"),
    memo!(count Petitions, "petitions", "Phản ánh, kiến nghị", "petitions", "phản ánh, kiến nghị tính như cột (3), có hoặc không có hạn; không nằm trong cột nào của biểu", "petitions as column (3), with or without a due time; in no column of the form"),
    memo!(count PetitionsEnded, "petitions_ended", "Phản ánh, kiến nghị đã xong", "petitions ended", "trong số đó, kết thúc trong kỳ", "of these, ended in the period"),
    memo!(count Withdrawn, "withdrawn", "Công dân rút", "withdrawn", "kết thúc trong kỳ do công dân rút hồ sơ", "ended in the period by the citizen's withdrawal"),
    memo!(count WithdrawnInTime, "withdrawn_in_time", "Rút trong hạn", "withdrawn in time", "trong số đó, rút trước hoặc trong ngày hẹn trả", "of these, early or on the due day"),
    memo!(count RefusedAfterReceipt, "refused_after_receipt", "Dừng xử lý", "stopped", "dừng giải quyết trong kỳ, sau khi đã tiếp nhận", "stopped in the period after receipt"),
    memo!(rate InTimeWithoutWithdrawn, "in_time_without_withdrawn", "Đúng hạn, không kể hồ sơ rút", "in time without withdrawn", "trước hoặc trong ngày hẹn trả, trên số hồ sơ kết thúc không phải do công dân rút", "early or on the due day, of those that ended otherwise than by withdrawal"),
    memo!(count Corrected, "corrected", "Có đính chính", "corrected", "có đính chính đã được duyệt, không kể thời điểm duyệt", "with a correction approved, whenever that was"),
    memo!(count Stops, "stops", "Lượt dừng tính hạn", "stops", "số lượt yêu cầu trong kỳ làm tạm dừng tính thời hạn", "requests in the period under which the clock stood"),
    memo!(count StoppedDossiers, "stopped_dossiers", "Hồ sơ có dừng tính hạn", "dossiers stopped", "số hồ sơ có lượt yêu cầu như vậy", "dossiers with such a request"),
    memo!(count StopsShort, "stops_short", "Dừng dưới 1 giờ làm việc", "short stops", "trong số lượt tạm dừng, kết thúc trước khi hết kỳ và kéo dài dưới một giờ làm việc", "of the stops, closed by the period's end within less than an hour of open time"),
    memo!(count StopsOnDueDay, "stops_on_due_day", "Dừng trong ngày đến hạn", "stops on the due day", "trong số lượt tạm dừng, bắt đầu đúng vào ngày hẹn trả tại thời điểm đó", "of the stops, begun on the day of the due time as it stood"),
    memo!(count Restarts, "restarts", "Tính lại hạn từ đầu", "restarts", "số lần bổ sung xong trong kỳ làm thời hạn được tính lại từ đầu", "completions in the period that began the count anew"),
    memo!(count Supplements, "supplements", "Lượt yêu cầu bổ sung", "supplements", "số lượt yêu cầu bổ sung giấy tờ trong kỳ, sau khi tiếp nhận", "requests for papers in the period after receipt"),
    memo!(count SupplementNoticesLate, "supplement_notices_late", "Yêu cầu bổ sung muộn", "late supplement notices", "trong số đó, gửi muộn hơn thời gian thủ tục cho phép", "of these, later than the procedure permits"),
    memo!(count Extended, "extended", "Gia hạn, có xin lỗi", "extended", "số lượt xin lỗi trong kỳ làm thay đổi hạn trả", "apologies in the period that moved the due time"),
    memo!(count LateApologies, "late_apologies", "Xin lỗi muộn", "late apologies", "số lượt xin lỗi trong kỳ không làm thay đổi hạn trả vì đã muộn", "apologies in the period that did not"),
    memo!(count Verifications, "verifications", "Xác minh", "verifications", "số lượt xác minh bắt đầu trong kỳ", "verifications begun in the period"),
    memo!(rate Assisted, "assisted", "Có hỗ trợ nộp", "assisted", "được hỗ trợ khi nộp, trên số hồ sơ tiếp nhận trong kỳ", "handed in with help, of those received in the period"),
    memo!(rate Digitised, "digitised", "Có số hóa giấy tờ", "digitised", "có ít nhất một giấy tờ được số hóa tại quầy, trên số hồ sơ tiếp nhận trong kỳ", "with a paper digitised at the desk, of those received in the period"),
    memo!(rate Reused, "reused", "Có tái sử dụng giấy tờ", "reused", "có ít nhất một giấy tờ lấy từ kho dữ liệu hoặc cơ sở dữ liệu, trên số hồ sơ tiếp nhận trong kỳ", "with a paper taken from a store or database, of those received in the period"),
    memo!(rate AssistedOnline, "assisted_online", "Trực tuyến có hỗ trợ", "assisted online", "được hỗ trợ khi nộp, trên số hồ sơ tiếp nhận trực tuyến trong kỳ", "handed in with help, of those received online in the period"),
    memo!(rate OnlineByStaff, "online_by_staff", "Trực tuyến do cán bộ nộp", "online by staff", "do cán bộ nộp thay chứ không qua cổng, trên số hồ sơ tiếp nhận trực tuyến trong kỳ", "submitted by a role other than a portal, of those received online in the period"),
    memo!(rate EResult, "e_result", "Có kết quả điện tử", "electronic result", "có kết quả điện tử, trên số hồ sơ giải quyết xong trong kỳ", "with an electronic result, of those resolved in the period"),
    memo!(rate EResultSigned, "e_result_signed", "Kết quả điện tử có ký số", "signed electronic result", "kết quả điện tử có chữ ký số, trên số hồ sơ giải quyết xong trong kỳ", "with a digital signature on it, of those resolved in the period"),
    memo!(rate Cashless, "cashless", "Thanh toán không tiền mặt", "cashless", "thanh toán không dùng tiền mặt, trên số hồ sơ có phí, lệ phí tiếp nhận trong kỳ", "paid otherwise than in cash, of those received in the period with a fee"),
    memo!(rate PaidOnline, "paid_online", "Thanh toán trực tuyến", "paid online", "thanh toán qua cổng, trên số hồ sơ có phí, lệ phí tiếp nhận trong kỳ", "paid through a portal, of those received in the period with a fee"),
    memo!(rate AcceptedLate, "accepted_late", "Trả lời hồ sơ trực tuyến muộn", "answered late", "trả lời hồ sơ trực tuyến trong kỳ sau khi hết hạn trả lời, trên tổng số lượt trả lời; tính cho đơn vị tiếp nhận", "answers to online submissions in the period after they were due, of all answers; at the receiving unit"),
    memo!(count UnansweredLate, "unanswered_late", "Hồ sơ trực tuyến chưa trả lời, quá hạn", "unanswered and late", "hồ sơ trực tuyến chưa được trả lời và đã hết hạn trả lời; tính cho đơn vị tiếp nhận", "online submissions not answered past the time for it; at the receiving unit"),
    memo!(count RefusedAtIntake, "refused_at_intake", "Từ chối tiếp nhận", "refused at intake", "từ chối trong kỳ, trước khi tiếp nhận; tính cho đơn vị tiếp nhận", "refused in the period before receipt; at the receiving unit"),
    memo!(count WithdrawnBeforeReceipt, "withdrawn_before_receipt", "Rút trước khi tiếp nhận", "withdrawn before receipt", "công dân rút trong kỳ, trước khi tiếp nhận; tính cho đơn vị tiếp nhận", "withdrawn in the period before receipt; at the receiving unit"),
    memo!(count SupplementsBeforeReceipt, "supplements_before_receipt", "Yêu cầu bổ sung trước tiếp nhận", "supplements before receipt", "số lượt yêu cầu bổ sung trong kỳ, trước khi tiếp nhận; tính cho đơn vị tiếp nhận", "requests for papers in the period before receipt; at the receiving unit"),
    memo!(count PassedOn, "passed_on", "Chuyển đi", "passed on", "số lượt chuyển sang đơn vị khác trong kỳ; tính cho đơn vị chuyển đi", "transfers in the period to another unit; at the unit that gave it"),
    memo!(count PassedOnOverdue, "passed_on_overdue", "Chuyển đi khi đã quá hạn", "passed on overdue", "trong số đó, đã quá hạn tại thời điểm chuyển", "of these, overdue at that moment"),
    memo!(count CameIn, "came_in", "Chuyển đến", "came in", "số lượt nhận từ đơn vị khác trong kỳ; tính cho đơn vị nhận", "transfers in the period from another unit; at the unit that took it"),
    memo!(count CameInOverdue, "came_in_overdue", "Chuyển đến khi đã quá hạn", "came in overdue", "trong số đó, đã quá hạn tại thời điểm nhận", "of these, overdue at that moment"),
    memo!(count ReceivedDesk, "received_desk", "Tiếp nhận trực tiếp", "received at the desk", "tiếp nhận trực tiếp tại quầy trong kỳ", "received in the period at a desk"),
    memo!(count ReceivedPost, "received_post", "Tiếp nhận qua bưu chính", "received by post", "tiếp nhận qua bưu chính trong kỳ", "received in the period by post"),
    memo!(count ReceivedFullOnline, "received_full_online", "Trực tuyến toàn trình", "fully online", "tiếp nhận trực tuyến trong kỳ, thuộc thủ tục cung cấp dịch vụ công trực tuyến toàn trình", "received in the period online, of a procedure that can be done online as a whole"),
    memo!(count ReceivedPartlyOnline, "received_partly_online", "Trực tuyến một phần", "partly online", "tiếp nhận trực tuyến trong kỳ, thuộc thủ tục cung cấp dịch vụ công trực tuyến một phần", "received in the period online, of a procedure of which a part can be done online"),
    memo!(count ReceivedOtherOnline, "received_other_online", "Trực tuyến, hình thức khác", "online otherwise", "tiếp nhận trực tuyến trong kỳ, thuộc thủ tục khác", "received in the period online, of any other procedure"),
    memo!(count ReceivedBoundaryFree, "received_boundary_free", "Tiếp nhận phi địa giới", "boundary-free", "tiếp nhận trong kỳ tại quầy của đơn vị không phải là đơn vị giải quyết", "received in the period by another unit's desk than that of the unit that decides"),
    memo!(count LateApologised, "late_apologised", "Quá hạn, đã xin lỗi", "late with an apology", "kết thúc quá hạn, đã có xin lỗi trước khi hết kỳ", "ended late, with an apology sent by the period's end"),
    memo!(count LateUnapologised, "late_unapologised", "Quá hạn, chưa xin lỗi", "late without an apology", "kết thúc quá hạn, không có xin lỗi", "ended late, without one"),
    memo!(count PendingLateApologised, "pending_late_apologised", "Đang quá hạn, đã xin lỗi", "overdue with an apology", "chưa kết thúc, đã quá hạn, đã có xin lỗi trước khi hết kỳ", "open and late, with an apology sent by the period's end"),
    memo!(count PendingLateUnapologised, "pending_late_unapologised", "Đang quá hạn, chưa xin lỗi", "overdue without an apology", "chưa kết thúc, đã quá hạn, chưa có xin lỗi", "open and late, without one"),
    memo!(count UnansweredInTime, "unanswered_in_time", "Hồ sơ trực tuyến chờ trả lời, còn hạn", "unanswered in time", "hồ sơ trực tuyến chưa được trả lời, còn trong hạn trả lời; tính cho đơn vị tiếp nhận", "online submissions not answered, within the time for it; at the receiving unit"),
    memo!(count Expired, "expired", "Dừng vì quá thời hạn bổ sung", "expired", "kết thúc trong kỳ, sau khi tiếp nhận, vì không được bổ sung trong thời hạn", "ended in the period after receipt, because no papers came in time"),
    memo!(count OutageMoved, "outage_moved", "Hẹn lại vì sự cố hệ thống", "moved by an outage", "số lần hạn trả thay đổi trong kỳ do sự cố hệ thống đã được thông báo", "due times moved in the period by an announced outage"),
    memo!(count ArrivedLate, "arrived_late", "Chuyển muộn đến cơ quan giải quyết", "arrived late", "đến cơ quan giải quyết trong kỳ muộn hơn thời điểm giấy tiếp nhận đã tính; tính cho đơn vị tiếp nhận", "arrived in the period at the unit that decides, later than the receipt allows for; at the receiving unit"),
    memo!(rate DigitisedOfScannable, "digitised_of_scannable", "Có số hóa, trên hồ sơ phải số hóa", "digitised of those to be scanned", "có ít nhất một giấy tờ được số hóa tại quầy, trên số hồ sơ tiếp nhận trong kỳ có giấy tờ bản giấy được phép quét", "with a paper digitised at the desk, of those received in the period with a paper that may be scanned"),
    memo!(rate SyncLate, "sync_late", "Đồng bộ chậm", "synchronised late", "Cổng xác nhận lần đầu muộn hơn thời gian các hệ thống phải đồng bộ kể từ khi ghi nhận, hoặc đã quá thời gian đó mà chưa xác nhận, trên số hồ sơ tiếp nhận trong kỳ phải gửi lên Cổng", "first acknowledged by the portal later than systems may take after it was recorded here, or not yet and past that, of those received in the period that the portal is told of"),
];

macro_rules! bridge {
    ($($field:ident, $vi:literal, $en:literal, $definition_vi:literal, $definition_en:literal;)*) => {
        [$(Column {
            name: stringify!($field),
            vi: $vi,
            en: $en,
            definition_vi: $definition_vi,
            definition_en: $definition_en,
            source: "",
            value: |bridge: &Bridge| Value::Count(bridge.$field),
        },)*]
    };
}

/// How (11) of the period before became (6) of this one.
pub const BRIDGE: [Column<Bridge>; 4] = bridge![
    previous_pending, "Kỳ trước để lại", "left by the period before", "cột (11) của đơn vị vào ngày trước kỳ, theo dữ liệu ghi nhận đến cùng một thời điểm", "(11) of the unit on the day before the period, as it is known at the same moment";
    carried_away, "Đã chuyển đơn vị khác", "carried away", "trong số đó, do đơn vị khác giải quyết khi kết thúc hoặc khi hết kỳ", "of these, decided by another unit when they ended, or at the period's end";
    carried_in, "Nhận từ đơn vị khác", "carried in", "của đơn vị khác để lại, do đơn vị này giải quyết", "of other units', decided by this one";
    due_given, "Được hẹn ngày sau", "given a due time since", "khi bắt đầu kỳ đang mở nhưng chưa có hạn; sau đó hệ thống nguồn mới cho hạn", "open without a due time when the period began; the system that they came from has given one since";
];

macro_rules! item {
    ($name:literal, $vi:literal, $en:literal, $definition_vi:literal, $definition_en:literal, $value:expr) => {
        Column {
            name: $name,
            vi: $vi,
            en: $en,
            definition_vi: $definition_vi,
            definition_en: $definition_en,
            source: "Quyết định 766/QĐ-TTg",
            value: $value,
        }
    };
}

/// The columns of the items of the index.
pub const ITEM: [Column<Item>; 9] = [
    item!(
        "item",
        "Mã",
        "item",
        "mã của chỉ số",
        "the code of the item",
        |item| { Value::Text(item.item) }
    ),
    item!(
        "item_name",
        "Chỉ số",
        "name",
        "tên của chỉ số",
        "its name",
        |item| { Value::Text(item.name) }
    ),
    item!(
        "computable",
        "Tính được",
        "computable",
        "có tính được từ hồ sơ hay không",
        "whether it can be made of dossiers",
        |item| Value::Flag(item.computable)
    ),
    item!(
        "num",
        "Số đạt",
        "num",
        "số đạt",
        "how many of them",
        |item| { Value::Number(item.num.map(f64::from)) }
    ),
    item!(
        "den",
        "Trên tổng số",
        "den",
        "trên tổng số",
        "of how many",
        |item| { Value::Number(item.den.map(f64::from)) }
    ),
    item!(
        "rate",
        "Tỷ lệ",
        "rate",
        "thương số; để trống khi không có gì để chia",
        "the quotient; empty when there is nothing to divide by",
        |item| Value::Number(item.rate)
    ),
    item!(
        "points",
        "Điểm",
        "points",
        "số điểm; để trống khi không xác định được",
        "the points; empty where they cannot be told",
        |item| Value::Number(item.points)
    ),
    item!(
        "max_points",
        "Điểm tối đa",
        "most",
        "số điểm cao nhất",
        "the most points",
        |item| Value::Number(item.max_points.map(f64::from))
    ),
    item!(
        "formula",
        "Công thức",
        "formula",
        "cách tính",
        "what it is made of",
        |item| Value::Text(item.formula)
    ),
];

macro_rules! rates {
    ($($kind:ident $field:ident, $vi:literal, $en:literal, $definition_vi:literal, $definition_en:literal, $source:literal;)*) => {
        [$(Column {
            name: stringify!($field),
            vi: $vi,
            en: $en,
            definition_vi: $definition_vi,
            definition_en: $definition_en,
            source: $source,
            value: |row: &Row| rates!(@$kind row, $field),
        },)*]
    };
    (@text $row:ident, $field:ident) => { Value::Text(&$row.$field) };
    (@count $row:ident, $field:ident) => { Value::Count($row.$field) };
    (@rate $row:ident, $field:ident) => { Value::Rate($row.$field) };
    (@flag $row:ident, $field:ident) => { Value::Flag($row.$field) };
}

/// The columns of the report of rates.
pub const RATES: [Column<Row>; 26] = rates![
    text unit, "Mã đơn vị", "unit", "mã định danh cơ quan; để trống ở dòng tổng", "the agency identifier; empty in the total", "";
    text name, "Đơn vị", "name", "tên đơn vị", "the unit's name", "";
    count carried_over, "Từ kỳ trước", "carried", "tiếp nhận trước kỳ và chưa kết thúc trước kỳ", "received before the period and not ended before it", "";
    count received, "Tiếp nhận", "received", "tiếp nhận trong kỳ", "received in the period", "";
    count received_online, "Trực tuyến", "online", "trong số tiếp nhận, nộp trực tuyến", "of those received, online", "";
    count received_desk, "Trực tiếp", "desk", "trong số tiếp nhận, nộp trực tiếp", "of those received, at a desk", "";
    count received_post, "Bưu chính", "post", "trong số tiếp nhận, nộp qua bưu chính", "of those received, by post", "";
    count resolved, "Đã giải quyết", "resolved", "kết thúc trong kỳ: giải quyết xong, dừng giải quyết hoặc công dân rút", "ended in the period: resolved, stopped or withdrawn", "";
    count early, "Trước hạn", "early", "trong số kết thúc, trước ngày (hoặc thời điểm) hẹn trả", "of those ended, before the due day (or instant)", "biểu II.06a";
    count on_due, "Đúng hạn", "on due", "trong số kết thúc, trong ngày (hoặc đúng thời điểm) hẹn trả", "of those ended, on the due day (or at the due instant)", "biểu II.06a";
    count late, "Quá hạn", "late", "trong số kết thúc, sau ngày (hoặc thời điểm) hẹn trả", "of those ended, after it", "biểu II.06a";
    count in_time, "Trong hạn", "in time", "trước hoặc trong ngày hẹn trả", "early or on the due day", "biểu II.06a";
    count pending_in_time, "Đang xử lý, trong hạn", "pending in time", "chưa kết thúc khi hết kỳ, chưa qua 24 giờ của ngày hẹn trả (thời điểm hẹn trả)", "open at the period's end, and 24:00 of the due day (the due instant) has not passed", "biểu II.06a";
    count pending_late, "Đang xử lý, quá hạn", "overdue", "chưa kết thúc, đã quá hạn, thời hạn vẫn đang tính", "open past it, the clock running", "biểu II.06a";
    count withdrawn, "Công dân rút", "withdrawn", "trong số kết thúc: công dân rút", "of those ended: withdrawn by the citizen", "";
    count refused_after_receipt, "Dừng xử lý", "stopped", "trong số kết thúc: dừng giải quyết sau khi tiếp nhận", "of those ended: stopped after receipt", "";
    count no_due, "Đã xong, không có hạn", "ended without due", "trong số kết thúc: không có hạn trả; không tính vào tỷ lệ đúng hạn", "of those ended: without a due time; in no rate of time", "";
    count no_due_received, "Tiếp nhận, không có hạn", "received without due", "trong số tiếp nhận: không có hạn trả; vẫn tính vào tỷ lệ trực tuyến", "of those received: without a due time; in the online rate, as all that are received", "";
    count no_due_pending, "Đang xử lý, không có hạn", "pending without due", "trong số đang xử lý trong hạn: không có hạn trả nên không thể quá hạn", "of those pending in time: without a due time, so that they cannot be late", "";
    count mirrored, "Theo dõi", "mirrored", "hồ sơ theo dõi của hệ thống khác, không tính vào số nào khác", "mirrors of another system's dossiers, in none of the other numbers", "";
    count corrected, "Có đính chính", "corrected", "trong số chuyển từ kỳ trước hoặc tiếp nhận trong kỳ: có đính chính đang có hiệu lực", "of those carried over or received: with a correction in force", "";
    rate in_time_rate, "Tỷ lệ đúng hạn", "on time", "số đúng hạn trên số kết thúc có hạn trả, theo biểu II.06a", "in_time of those ended with a due time, by II.06a", "biểu II.06a";
    rate in_time_rate_766, "Đúng hạn theo 766", "766", "kết thúc không muộn hơn thời điểm hẹn trả và không quá một lần yêu cầu bổ sung, trên số kết thúc có hạn trả", "ended by the due instant with no second request for papers, of those ended with a due time", "Quyết định 766/QĐ-TTg";
    rate in_time_rate_original, "Đúng hạn so với hẹn đầu", "original", "so với lần hẹn đầu tiên, trên số kết thúc có hạn trả", "against the first promise, of those ended with a due time", "";
    rate online_rate, "Tỷ lệ trực tuyến", "online", "tiếp nhận trực tuyến trên tổng số tiếp nhận", "received online of all received", "";
    flag small, "Ít hồ sơ", "few", "dưới mười hồ sơ để đánh giá: tỷ lệ ít có ý nghĩa", "fewer than ten judged dossiers: a rate says little", "";
];

/// Writes a row as a map from names to values.
fn by_columns<T, S: Serializer>(
    columns: &[Column<T>],
    row: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(columns.len()))?;
    for column in columns {
        map.serialize_entry(column.name, &(column.value)(row))?;
    }
    map.end()
}

impl Serialize for Cells {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        by_columns(&II06A, self, serializer)
    }
}

impl Serialize for Memos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        by_columns(&MEMO, self, serializer)
    }
}

impl Serialize for Bridge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        by_columns(&BRIDGE, self, serializer)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        by_columns(&RATES, self, serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_the_form_stand_in_the_order_of_its_cells() {
        let cells = Cells::numbered();
        for (place, column) in (0..).zip(&II06A) {
            assert_eq!(
                (column.value)(&cells),
                Value::Count(place),
                "{}",
                column.name
            );
        }
    }
}
