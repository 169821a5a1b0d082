//! Who may read the files, and how much room there is.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Finding, Said};
use crate::config::Config;

/// Less room than this fails: a day of a busy province, and a copy of the log.
const LEAST_BYTES: u64 = 512 * 1024 * 1024;

/// Less room than this is told.
const LITTLE_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// Files with names, identity numbers or secrets in them, and who may read them.
pub(super) fn modes(config: &Config, file: Option<&Path>) -> Vec<Finding> {
    let mut private: Vec<PathBuf> = vec![config.secret_file.clone()];
    if let Ok(Some(database)) = store::file_of(&config.database) {
        private.push(database);
    }
    private.extend(config.backup_folder.clone());
    // It holds the password of the database, if one is needed.
    if config.database.contains('@') {
        private.extend(file.map(Path::to_owned));
    }
    let open: Vec<String> = private
        .iter()
        .filter(|path| {
            let found = std::fs::metadata(path);
            found.is_ok_and(|found| found.permissions().mode() & 0o007 != 0)
        })
        .map(|path| path.display().to_string())
        .collect();
    if open.is_empty() {
        return vec![Finding::ok(
            "file modes",
            (
                "không ai khác trên máy này đọc được khóa, cơ sở dữ liệu hay bản sao lưu",
                "nobody else on this machine may read key, database or backups",
            ),
        )];
    }
    let files = open.join(", ");
    vec![Finding::fail(
        "file modes",
        (
            format!("mọi người trên máy này đọc được {files}"),
            format!("everybody on this machine may read {files}"),
        ),
        Said::alike(format!("chmod o= {}", open.join(" "))),
    )]
}

/// The room where the database and the backups are.
pub(super) fn disk(config: &Config) -> Vec<Finding> {
    let database = store::file_of(&config.database).ok().flatten();
    let of_database = database.map(|file| ("disk of the database", folder_of(&file)));
    let of_backups = config
        .backup_folder
        .clone()
        .map(|folder| ("disk of the backups", folder));
    let folders = of_database.into_iter().chain(of_backups);
    folders.map(|(name, folder)| room(name, &folder)).collect()
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

fn room(name: &'static str, folder: &Path) -> Finding {
    let found = match rustix::fs::statvfs(folder) {
        Ok(found) => found,
        Err(error) => {
            return Finding::fail(
                name,
                Said::alike(format!("{}: {error}", folder.display())),
                (
                    "tạo thư mục và giao cho người dùng của máy chủ",
                    "make the folder, and give it to the server's user",
                ),
            );
        }
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let (mebibytes, folder) = (free >> 20, folder.display());
    let told = (
        format!("còn trống {mebibytes} MiB ở {folder}"),
        format!("{mebibytes} MiB are free in {folder}"),
    );
    let remedy = (
        "dọn chỗ hoặc chuyển sang đĩa lớn hơn; đĩa đầy thì không ghi được gì và người gọi được hẹn gửi lại",
        "make room or move to a larger disk; on a full disk nothing is written, and callers are told to come \
         again",
    );
    match free {
        free if free < LEAST_BYTES => Finding::fail(name, told, remedy),
        free if free < LITTLE_BYTES => Finding::warn(name, told, remedy),
        _ => Finding::ok(name, told),
    }
}
