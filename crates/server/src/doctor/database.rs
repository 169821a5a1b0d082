//! The database: whether it opens, what schema and settings it has, and whether the key fits.

use std::sync::Arc;

use app::Catalogues;
use app::keys::Keys;
use app::ports::{Installation, Restorable, Store};
use domain::catalogue::Catalogue;
use store::{OpenError, Options, Patience, SeaStore};

use super::{Finding, Said, time};
use crate::backup::fingerprint;
use crate::config::Config;
use crate::secret;

pub(super) async fn look(config: &Config, shipped: Option<Catalogue>) -> Vec<Finding> {
    let shown = store::shown(&config.database);
    let options = Options {
        patience: Patience::ForCallers,
        readers: 1,
        ..Options::default()
    };
    let store = match SeaStore::open(&config.database, options).await {
        Ok(store) => store,
        Err(error) => return refused(&shown, &error),
    };
    let settings = if store.is_shared() {
        (
            "fsync, full_page_writes và synchronous_commit đang bật",
            "fsync, full_page_writes and synchronous_commit are on",
        )
    } else {
        (
            "journal_mode là wal, synchronous là full",
            "journal_mode is wal, synchronous is full",
        )
    };
    let mut findings = vec![
        Finding::ok("database", Said::alike(shown)),
        Finding::ok("schema", Said::alike(store::schema())),
        Finding::ok("settings", settings),
    ];
    match inside(config, &store, shipped, &mut findings).await {
        Ok(()) => {}
        Err(error) => findings.push(Finding::fail(
            "database",
            Said::alike(chain(&error)),
            (
                "xem máy và đĩa của cơ sở dữ liệu có ổn không; rồi chạy `motcua verify`",
                "see whether the database's machine and disk are well; then `motcua verify`",
            ),
        )),
    }
    if let Err(error) = store.close().await {
        let remedy = (
            "xem chương trình nào khác giữ tệp",
            "look whether another program holds the file",
        );
        findings.push(Finding::warn(
            "database",
            Said::alike(chain(&error)),
            remedy,
        ));
    }
    findings
}

async fn inside(
    config: &Config,
    store: &SeaStore,
    shipped: Option<Catalogue>,
    findings: &mut Vec<Finding>,
) -> Result<(), app::ports::StoreError> {
    findings.push(key(config, store).await?);
    let numbering = store.numbering().await?;
    findings.push(time::clock(store.server_time().await?, numbering.newest));
    let read = store.read().await?;
    findings.push(time::viewings(config, read.oldest_viewed().await?));
    drop(read);
    let Some(shipped) = shipped else {
        let why = ("không đọc được danh mục", "the catalogue cannot be read");
        findings.push(Finding::skip("calendar", why));
        return Ok(());
    };
    let read = store.read().await?;
    let catalogues = Catalogues::read(Arc::new(shipped), read.as_ref()).await;
    drop(read);
    match catalogues {
        Ok(catalogues) => {
            let published = numbering.provinces.first();
            let catalogue = published.map_or_else(
                || Arc::clone(catalogues.shipped()),
                |province| catalogues.of(province),
            );
            let national = catalogue.calendars.national();
            let official = national.last_official_day();
            findings.push(time::calendar(official, national.last_day()));
        }
        Err(error) => findings.push(Finding::fail(
            "calendar",
            Said::alike(chain(&error)),
            (
                "không đọc được những gì đã công bố bằng danh mục này: dùng danh mục của phiên bản này",
                "what was published cannot be read with this catalogue: use the catalogue of this version",
            ),
        )),
    }
    Ok(())
}

async fn key(config: &Config, store: &SeaStore) -> Result<Finding, app::ports::StoreError> {
    const NAME: &str = "key";
    let file = config.secret_file.display();
    let mark = store.key_mark().await?;
    let secret = match secret::read(&config.secret_file) {
        Ok(secret) => secret,
        Err(failure) => {
            let remedy = (
                "để người dùng của máy chủ đọc được; nếu hỏng thì lấy lại từ nơi cất giữ",
                "let the server's user read it, and put it back from where it is kept if it is damaged",
            );
            return Ok(Finding::fail(
                NAME,
                Said::alike(failure.to_string()),
                remedy,
            ));
        }
    };
    let Some(secret) = secret else {
        if mark.is_used {
            return Ok(Finding::fail(
                NAME,
                (
                    format!("không có {file}, mà cơ sở dữ liệu có hồ sơ dùng khóa đó"),
                    format!("{file} is not there, and the database has dossiers of its key"),
                ),
                (
                    "lấy lại tệp từ nơi cất giữ; `motcua serve --new-key` nói khóa khác thì mất gì",
                    "put the file back from where it is kept; `motcua serve --new-key` says what another costs",
                ),
            ));
        }
        return Ok(Finding::ok(
            NAME,
            (
                format!("{file} được tạo khi máy chủ khởi động lần đầu"),
                format!("{file} is made when the server first starts"),
            ),
        ));
    };
    let keys = Keys::new(&secret);
    if !keys.fit(&mark) {
        return Ok(Finding::fail(
            NAME,
            (
                format!("{file} không phải khóa của cơ sở dữ liệu này"),
                format!("{file} is not the key that the database belongs to"),
            ),
            (
                "đặt lại đúng tệp; `motcua serve --new-key` nói khóa khác thì mất gì",
                "put the right file back; `motcua serve --new-key` says what another costs",
            ),
        ));
    }
    let print = fingerprint(&keys.check());
    let found = (
        format!("{file}, dấu vân tay {print}"),
        format!("{file}, fingerprint {print}"),
    );
    Ok(Finding::ok(NAME, found))
}

/// Why a database cannot be opened. What the database or the system says stays as it is.
fn in_vietnamese(error: &OpenError) -> String {
    match error {
        OpenError::Missing { file } => format!("không có tệp {}", file.display()),
        OpenError::AnotherKind { file } => {
            format!("{} không phải cơ sở dữ liệu SQLite", file.display())
        }
        OpenError::OfAnotherProgram { table } => {
            format!(
                "là cơ sở dữ liệu của chương trình khác: có bảng {table}, không có gì của motcua"
            )
        }
        OpenError::ReadOnly { file } => {
            format!("người dùng này không ghi được {}", file.display())
        }
        OpenError::OtherNames { file, names } => {
            format!("{} có {names} tên (liên kết cứng)", file.display())
        }
        OpenError::InUse { file, process } => {
            format!("{} đang được tiến trình {process} phục vụ", file.display())
        }
        OpenError::Unmigrated { pending } => format!(
            "thiếu {} bước chuyển đổi, đầu tiên là {}",
            pending.len(),
            pending.first().map_or("", String::as_str)
        ),
        other => chain(other),
    }
}

fn refused(shown: &str, error: &OpenError) -> Vec<Finding> {
    let (name, remedy) = match error {
        OpenError::Missing { .. } => (
            "database",
            (
                "`motcua migrate` tạo ra nó; trước đó xem đường dẫn có sai không",
                "`motcua migrate` makes it; look for a mistake in the path before",
            ),
        ),
        OpenError::ReadOnly { .. } => (
            "database",
            (
                "cho người dùng của máy chủ làm chủ tệp, hoặc chạy motcua bằng chủ của tệp",
                "let the server's user own the file, or run motcua as its owner",
            ),
        ),
        OpenError::OfAnotherProgram { .. } => (
            "database",
            (
                "xem đường dẫn có sai không, hoặc đặt một cơ sở dữ liệu trống",
                "look for a mistake in the path, or name an empty database",
            ),
        ),
        OpenError::Unmigrated { .. } | OpenError::Interrupted => (
            "schema",
            (
                "sao lưu, rồi `motcua migrate` (`--dry-run` cho biết sẽ làm gì)",
                "take a backup, then `motcua migrate` (`--dry-run` shows what it would do)",
            ),
        ),
        OpenError::Newer { .. } | OpenError::HalfApplied { .. } | OpenError::Damaged(_) => (
            "schema",
            (
                "dùng bản motcua đã ghi nó, hoặc khôi phục bản sao lưu: `motcua restore --help`",
                "use the motcua that wrote it, or put a backup back: `motcua restore --help`",
            ),
        ),
        OpenError::NotDurable { .. } => (
            "settings",
            (
                "đặt trong cấu hình của máy chủ cơ sở dữ liệu, rồi nạp lại",
                "set it in the server's configuration, and reload that",
            ),
        ),
        OpenError::LogLost { .. } => (
            "database",
            (
                "đặt lại tệp nhật ký ghi trước, hoặc một bản sao lưu: `motcua restore --help`",
                "put the log back, or a backup: `motcua restore --help`",
            ),
        ),
        OpenError::AnotherKind { .. } => (
            "database",
            (
                "xem đường dẫn có sai không",
                "look for a mistake in the path",
            ),
        ),
        OpenError::OtherNames { .. } => (
            "database",
            (
                "xóa các tên khác của tệp; `find -samefile` liệt kê chúng",
                "remove the other names; `find -samefile` shows them",
            ),
        ),
        OpenError::TooOld { .. } => (
            "database",
            ("nâng cấp máy chủ cơ sở dữ liệu", "upgrade the server"),
        ),
        OpenError::NotADatabase { .. }
        | OpenError::NotAFile { .. }
        | OpenError::InUse { .. }
        | OpenError::Database(_) => (
            "database",
            (
                "xem máy của nó có chạy không, và tên, mật khẩu, quyền có đúng không",
                "see whether its machine runs, and whether user, password and rights are right",
            ),
        ),
    };
    let mut findings = Vec::new();
    if name != "database" {
        findings.push(Finding::ok("database", Said::alike(shown)));
    }
    findings.push(Finding::fail(
        name,
        (
            format!("{shown}: {}", in_vietnamese(error)),
            format!("{shown}: {}", chain(error)),
        ),
        remedy,
    ));
    let why = (
        "không mở được cơ sở dữ liệu",
        "the database cannot be opened",
    );
    findings.extend(["key", "clock", "calendar"].map(|name| Finding::skip(name, why)));
    findings
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    crate::told_once(error).join(": ")
}
