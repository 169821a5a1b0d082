//! The explanation of the due time on the receipt.

use domain::deadline::explain::{Counted, Reason};
use domain::deadline::{Arrival, Cutoff, Language, Start, explain, explain_from};

use crate::offices::{at, day, limit, national, odd_hours};

fn told(received: &str, text: &str, language: Language) -> Vec<String> {
    explain(at(received), limit(text), &national())
        .expect("a due time")
        .lines(language)
}

#[test]
fn every_skipped_day_has_its_reason() {
    assert_eq!(
        told("2026-08-28 09:12:43", "3wd", Language::Vietnamese),
        [
            "Thời hạn 3 ngày làm việc: không tính ngày nhận; hết hạn khi hết giờ làm việc của ngày cuối.",
            "Nhận lúc 09:12 thứ Sáu 28/08/2026. Ngày nhận không tính.",
            "Thứ Bảy 29/08 đến Chủ nhật 30/08/2026: không tính. Nghỉ cuối tuần.",
            "Thứ Hai 31/08/2026: không tính. Nghỉ hoán đổi (làm bù 22/08/2026), theo 9441/TB-BNV (2025).",
            "Thứ Ba 01/09 đến thứ Tư 02/09/2026: không tính. Nghỉ lễ: Quốc khánh.",
            "Thứ Năm 03/09 đến thứ Sáu 04/09/2026: ngày làm việc thứ 1 đến thứ 2.",
            "Thứ Bảy 05/09 đến Chủ nhật 06/09/2026: không tính. Nghỉ cuối tuần.",
            "Thứ Hai 07/09/2026: ngày làm việc thứ 3.",
            "Đến hạn lúc 17:00 thứ Hai 07/09/2026.",
        ]
    );
    assert_eq!(
        told("2026-08-28 09:12:43", "3wd", Language::English),
        [
            "Limit of 3 working days: the day of receipt is not counted; due at closing time of the last day.",
            "Received at 09:12 on Friday 28 August 2026. The day of receipt is not counted.",
            "Saturday 29 August to Sunday 30 August 2026: not counted. Weekend.",
            "Monday 31 August 2026: not counted. Day off by swap: Nghỉ hoán đổi (làm bù 22/08/2026), under 9441/TB-BNV (2025).",
            "Tuesday 1 September to Wednesday 2 September 2026: not counted. Public holiday: Quốc khánh.",
            "Thursday 3 September to Friday 4 September 2026: working days 1 to 2.",
            "Saturday 5 September to Sunday 6 September 2026: not counted. Weekend.",
            "Monday 7 September 2026: working day 3.",
            "Due at 17:00 on Monday 7 September 2026.",
        ]
    );
}

#[test]
fn ordinary_weeks_share_a_line_and_special_days_do_not() {
    assert_eq!(
        told("2026-08-03 10:00", "16wd", Language::Vietnamese)[2..],
        [
            "Thứ Ba 04/08 đến thứ Sáu 21/08/2026: ngày làm việc thứ 1 đến thứ 14. Không tính thứ Bảy, Chủ nhật.",
            "Thứ Bảy 22/08/2026: ngày làm việc thứ 15. Làm bù cho 31/08/2026, theo 9441/TB-BNV (2025).",
            "Chủ nhật 23/08/2026: không tính. Nghỉ cuối tuần.",
            "Thứ Hai 24/08/2026: ngày làm việc thứ 16.",
            "Đến hạn lúc 17:00 thứ Hai 24/08/2026.",
        ]
    );
}

#[test]
fn working_hours_are_told_by_the_day() {
    assert_eq!(
        told("2026-08-21 15:30:20.75", "8wh", Language::Vietnamese),
        [
            "Thời hạn 8 giờ làm việc: chỉ tính trong giờ làm việc, kể từ lúc nhận.",
            "Nhận lúc 15:30:20 thứ Sáu 21/08/2026.",
            "Thứ Sáu 21/08/2026: tính 1 giờ 29 phút 40 giây.",
            "Thứ Bảy 22/08/2026: tính 6 giờ 30 phút 20 giây. Làm bù cho 31/08/2026, theo 9441/TB-BNV (2025).",
            "Đến hạn lúc 16:00:20 thứ Bảy 22/08/2026.",
        ]
    );
    assert_eq!(
        told("2026-08-06 12:10", "60wh", Language::English),
        [
            "Limit of 60 working hours: only working hours count, from the moment of receipt.",
            "Received at 12:10 on Thursday 6 August 2026. Outside working hours, so counted from 13:30 on Thursday 6 August 2026.",
            "Thursday 6 August 2026: 3 hours 30 minutes counted.",
            "Friday 7 August to Monday 17 August 2026: 7 hours 30 minutes counted each day. Saturdays and Sundays are not counted.",
            "Tuesday 18 August 2026: 4 hours counted.",
            "Due at 11:30 on Tuesday 18 August 2026.",
        ]
    );
}

#[test]
fn a_receipt_after_closing_begins_at_the_next_opening() {
    assert_eq!(
        told("2026-08-06 17:00", "1wh", Language::Vietnamese)[1..],
        [
            "Nhận lúc 17:00 thứ Năm 06/08/2026. Ngoài giờ làm việc nên tính từ 07:30 thứ Sáu 07/08/2026.",
            "Thứ Năm 06/08/2026: không tính. Đã hết giờ làm việc khi nhận.",
            "Thứ Sáu 07/08/2026: tính 1 giờ.",
            "Đến hạn lúc 08:30 thứ Sáu 07/08/2026.",
        ]
    );
}

#[test]
fn a_last_day_that_is_off_says_where_it_moves() {
    assert_eq!(
        told("2026-08-03 10:00", "30d", Language::Vietnamese)[1..],
        [
            "Nhận lúc 10:00 thứ Hai 03/08/2026. Ngày nhận không tính.",
            "Thứ Ba 04/08 đến thứ Ba 01/09/2026: ngày thứ 1 đến thứ 29.",
            "Thứ Tư 02/09/2026: ngày thứ 30. Nghỉ lễ: Quốc khánh. Ngày cuối là ngày nghỉ nên chuyển sang ngày làm việc tiếp theo.",
            "Thứ Năm 03/09/2026: ngày làm việc tiếp theo.",
            "Đến hạn lúc 17:00 thứ Năm 03/09/2026.",
        ]
    );
}

#[test]
fn days_without_an_official_notice_are_marked() {
    assert_eq!(
        told("2026-12-01 10:00", "1mo", Language::English)[2..],
        [
            "Wednesday 2 December to Thursday 31 December 2026: days 1 to 30.",
            "Friday 1 January 2027: day 31. Public holiday: Tết Dương lịch. Not yet officially announced. The last day is off, so it moves to the next working day.",
            "Saturday 2 January to Sunday 3 January 2027: not counted. Weekend.",
            "Monday 4 January 2027: the next working day.",
            "Due at 17:00 on Monday 4 January 2027.",
            "This due time rests on days off that are not yet officially announced, and may change.",
        ]
    );
}

#[test]
fn a_same_day_receipt_after_three_is_told_why_it_waits() {
    assert_eq!(
        told("2026-08-21 15:00:01", "same-day", Language::Vietnamese),
        [
            "Giải quyết trong ngày: nhận sau 15:00 hoặc vào ngày nghỉ thì chuyển sang ngày làm việc tiếp theo.",
            "Nhận lúc 15:00:01 thứ Sáu 21/08/2026.",
            "Thứ Sáu 21/08/2026: không tính. Nhận sau 15:00 nên chuyển sang ngày làm việc tiếp theo.",
            "Thứ Bảy 22/08/2026: giải quyết trong ngày này. Làm bù cho 31/08/2026, theo 9441/TB-BNV (2025).",
            "Đến hạn lúc 17:00 thứ Bảy 22/08/2026.",
        ]
    );
    let early = explain(at("2025-03-06 13:00"), limit("same-day"), &odd_hours()).expect("due");
    assert_eq!(early.days[0].reason, Reason::AfterClosing);
}

#[test]
fn elapsed_hours_list_no_days() {
    assert_eq!(
        told("2026-08-31 20:15:30", "12h", Language::English),
        [
            "Limit of 12 hours: counted without a break from receipt, nights and days off included.",
            "Received at 20:15:30 on Monday 31 August 2026.",
            "Due at 08:15:30 on Tuesday 1 September 2026.",
        ]
    );
}

#[test]
fn the_list_of_days_is_complete_whatever_is_printed() {
    let calendar = national();
    let explanation = explain(at("2026-08-03 10:00"), limit("10wd"), &calendar).expect("due");
    assert_eq!(explanation.days.len(), 15);
    assert_eq!(explanation.days[0].reason, Reason::Receipt);
    assert_eq!(explanation.days[5].date, day("2026-08-08"));
    assert_eq!(
        (explanation.days[5].counted, &explanation.days[5].reason),
        (None, &Reason::Weekend)
    );
    assert_eq!(explanation.days[14].counted, Some(Counted::Day(10)));
}

#[test]
fn a_second_is_told_wherever_the_hour_of_the_day_decides() {
    let national = national();
    let receipt = |start: &Start| {
        let told = explain_from(start, limit("3wd"), &national).expect("a due time");
        told.lines(Language::Vietnamese).swap_remove(1)
    };
    let from = |received: &str, cutoff| Start {
        cutoff,
        ..Start::at(at(received))
    };
    assert_eq!(
        receipt(&from("2026-08-03 15:00:01", Cutoff::None)),
        "Nhận lúc 15:00 thứ Hai 03/08/2026. Ngày nhận không tính."
    );
    assert_eq!(
        receipt(&from("2026-08-03 15:00:00", Cutoff::Afternoon)),
        "Nhận lúc 15:00 thứ Hai 03/08/2026. Ngày nhận không tính."
    );
    assert!(
        receipt(&from("2026-08-03 15:00:01", Cutoff::Afternoon))
            .starts_with("Nhận lúc 15:00:01 thứ Hai 03/08/2026. Sau 15:00"),
    );
    let sent = Start {
        arrival: Some(Arrival {
            at: at("2026-08-04 07:30"),
            expected: true,
        }),
        ..from("2026-08-03 15:00:01", Cutoff::None)
    };
    assert!(receipt(&sent).starts_with("Nhận lúc 15:00:01 "));
}
