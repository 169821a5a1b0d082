//! Clock, calendar, and the age of backups.

use app::administration::viewings_since;
use app::ports::Clock;
use chrono::{NaiveDate, TimeDelta};
use domain::time::{self, Instant};

use super::{Finding, Said};
use crate::backup;
use crate::clock::SystemClock;
use crate::config::Config;

/// How far two clocks that are kept right differ at most.
const APART: TimeDelta = TimeDelta::seconds(2);

/// How far ahead the days off should be known: the longest limits of procedures are months.
const AHEAD: TimeDelta = TimeDelta::days(90);

/// Certificates that are renewed by a program have more left than this.
const RENEWED_BEFORE: TimeDelta = TimeDelta::days(21);

const SET_RIGHT: (&str, &str) = (
    "để đồng hồ được chỉnh tự động: `timedatectl set-ntp true`, hoặc chrony",
    "let the clock be kept right: `timedatectl set-ntp true`, or chrony",
);

/// This machine's clock beside that of the database, and beside what was recorded.
pub(super) fn clock(server: Option<Instant>, newest: Option<Instant>) -> Finding {
    let now = SystemClock.now();
    if let Some(newest) = newest.filter(|newest| *newest - now > APART) {
        let (here, newest) = (time::rfc3339(now), time::rfc3339(newest));
        let found = (
            format!("ở đây là {here}, bản ghi mới nhất lúc {newest}: không ghi được gì"),
            format!("it is {here} here, and the newest record is of {newest}: nothing is written"),
        );
        return Finding::fail("clock", found, SET_RIGHT);
    }
    let Some(server) = server else {
        let now = time::rfc3339(now);
        let found = (
            format!("{now}, sau bản ghi mới nhất"),
            format!("{now}, after the newest record"),
        );
        return Finding::ok("clock", found);
    };
    let apart = (server - now).abs();
    let milliseconds = apart.num_milliseconds();
    let told = (
        format!("lệch {milliseconds} ms so với cơ sở dữ liệu"),
        format!("{milliseconds} ms apart from the database's"),
    );
    if apart > APART {
        return Finding::warn("clock", told, SET_RIGHT);
    }
    Finding::ok("clock", told)
}

/// How far ahead the calendar is official.
pub(super) fn calendar(last_official: NaiveDate, last: NaiveDate) -> Finding {
    let today = time::local_day(SystemClock.now());
    let mut told = (
        format!("chính thức đến {last_official}, suy ra đến {last}"),
        format!("official until {last_official}, derived until {last}"),
    );
    let remedy = (
        "khi có thông báo nghỉ và hoán đổi của năm thì công bố: xem `motcua calendar --help` và \
         catalogue/README.md",
        "when the year's days off and swaps are announced, publish them: `motcua calendar --help` and \
         catalogue/README.md say how",
    );
    if today > last {
        return Finding::fail("calendar", told, remedy);
    }
    if today + AHEAD > last_official {
        told.0.push_str("; hạn trả sau ngày đó là tạm tính");
        told.1.push_str("; due times after that are provisional");
        return Finding::warn("calendar", told, remedy);
    }
    Finding::ok("calendar", told)
}

/// Since when it is kept who looked at personal values, and for how long it should be.
pub(super) fn viewings(config: &Config, oldest: Option<Instant>) -> Finding {
    const NAME: &str = "viewings";
    let months = config.viewings_months;
    let (mut vi, mut en) = match months {
        0 => ("giữ mãi".to_owned(), "kept for good".to_owned()),
        _ => (
            format!("giữ {months} tháng"),
            format!("kept for {months} months"),
        ),
    };
    let Some(oldest) = oldest else {
        return Finding::ok(NAME, (vi, en));
    };
    let day = time::local_day(oldest);
    vi.push_str(&format!(", lượt xem cũ nhất ngày {day}"));
    en.push_str(&format!(", the oldest is of {day}"));
    let since = viewings_since(SystemClock.now(), months).filter(|_| months > 0);
    // The server lets them go at night.
    if since.is_some_and(|since| oldest < since - TimeDelta::days(2)) {
        let remedy = (
            "để máy chủ chạy qua 3 giờ sáng, khi đó dòng quá hạn được xóa",
            "let the server run past 3 in the morning, when lines go whose time is over",
        );
        return Finding::warn(NAME, (vi, en), remedy);
    }
    Finding::ok(NAME, (vi, en))
}

/// Until when the certificate of the port holds.
pub(super) fn certificate(config: &Config) -> Finding {
    const NAME: &str = "certificate";
    let certificate = match config.certificate() {
        Ok(Some(certificate)) => certificate,
        Ok(None) if config.plain => {
            let found = (
                "không có: plain = true, máy chủ ủy quyền phía trước kết thúc TLS",
                "none: plain = true, a proxy in front ends TLS",
            );
            return Finding::ok(NAME, found);
        }
        Ok(None) => {
            let found = (
                "không có: chỉ máy này vào được cổng",
                "none: only this machine reaches the port",
            );
            return Finding::ok(NAME, found);
        }
        Err(failure) => {
            let remedy = (
                "đặt cặp khóa và chứng thư được cấp cùng nhau, để người dùng của máy chủ đọc được",
                "put the pair there that was issued together, readable by the server's user",
            );
            return Finding::fail(NAME, Said::alike(failure.to_string()), remedy);
        }
    };
    let ends = certificate.expires();
    let Some(ends) = ends.and_then(|seconds| Instant::from_timestamp(seconds, 0)) else {
        return Finding::warn(
            NAME,
            (
                "không cho biết hiệu lực đến khi nào",
                "it does not say until when it holds",
            ),
            ("xem bằng openssl x509", "look at it by openssl x509"),
        );
    };
    let until = time::rfc3339(ends);
    let told = (
        format!("có hiệu lực đến {until}"),
        format!("it holds until {until}"),
    );
    let remedy = (
        "cấp lại; máy chủ nhận tệp mới trong một phút",
        "renew it; the server takes the new files within a minute",
    );
    match ends - SystemClock.now() {
        left if left < TimeDelta::zero() => Finding::fail(NAME, told, remedy),
        left if left < RENEWED_BEFORE => Finding::warn(NAME, told, remedy),
        _ => Finding::ok(NAME, told),
    }
}

/// How old the newest backup is.
pub(super) fn backups(config: &Config) -> Finding {
    const NAME: &str = "backups";
    let Some(plan) = config.backups() else {
        return Finding::warn(
            NAME,
            ("máy chủ không sao lưu", "the server takes none"),
            (
                "đặt backup_folder, hoặc chạy `motcua backup THƯ-MỤC` theo lịch và xem mã kết thúc",
                "set backup_folder, or run `motcua backup FOLDER` by a timer and look at its exit code",
            ),
        );
    };
    let folder = plan.folder.display();
    if !plan.folder.is_dir() {
        return Finding::fail(
            NAME,
            (
                format!("backup_folder {folder} không phải thư mục"),
                format!("backup_folder {folder} is no folder"),
            ),
            (
                "tạo thư mục và chỉ để người dùng của máy chủ đọc được",
                "make it, and let only the server's user read it",
            ),
        );
    }
    let Some(newest) = backup::newest(&plan.folder) else {
        return Finding::warn(
            NAME,
            (
                format!("chưa có bản nào ở {folder}"),
                format!("there is none in {folder}"),
            ),
            (
                "khởi động máy chủ, nó sao lưu ngay; nếu không thì xem nhật ký",
                "start the server, which takes one at once; else look into its log",
            ),
        );
    };
    let age = SystemClock.now() - newest;
    let newest = time::rfc3339(newest);
    let told = (
        format!("bản mới nhất lúc {newest}, ở {folder}"),
        format!("the newest is of {newest}, in {folder}"),
    );
    // Two that were missed are no accident of time.
    if age.to_std().is_ok_and(|age| age > plan.every * 2) {
        return Finding::fail(
            NAME,
            told,
            (
                "xem trong nhật ký vì sao không sao lưu được, và sao lưu một bản: `motcua backup THƯ-MỤC`",
                "look into the server's log for why none could be taken, and take one: `motcua backup FOLDER`",
            ),
        );
    }
    Finding::ok(NAME, told)
}
