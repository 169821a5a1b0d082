//! The style sheet, the scripts and the icon: files of this crate, under names that carry their
//! digest.
//!
//! A name never changes its content, so browsers keep a file for a year without asking. Each file
//! is compressed once, when the first page is drawn.

use std::io::Write;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// The name of a file in `assets/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asset {
    /// The style sheet of all pages.
    Sheet,
    /// Keyboard shortcuts, the scanner, and the guard against sending a form twice.
    Keys,
    /// The icon of the browser tab.
    Icon,
}

struct File {
    asset: Asset,
    path: String,
    content_type: &'static str,
    plain: &'static [u8],
    gzip: Vec<u8>,
}

static FILES: LazyLock<[File; 3]> = LazyLock::new(|| {
    [
        file(
            Asset::Sheet,
            "motcua.css",
            "text/css; charset=utf-8",
            concat!(
                include_str!("../assets/motcua.css"),
                include_str!("../../documents/assets/paper.css")
            )
            .as_bytes(),
        ),
        file(
            Asset::Keys,
            "motcua.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../assets/motcua.js"),
        ),
        file(
            Asset::Icon,
            "icon.svg",
            "image/svg+xml",
            include_bytes!("../assets/icon.svg"),
        ),
    ]
});

fn file(asset: Asset, name: &str, content_type: &'static str, plain: &'static [u8]) -> File {
    let digest = Sha256::digest(plain);
    let mark: String = digest[..5]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = encoder
        .write_all(plain)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail");
    File {
        asset,
        path: format!("/assets/{stem}.{mark}.{ending}"),
        content_type,
        plain,
        gzip,
    }
}

impl Asset {
    /// The address of the file.
    #[must_use]
    pub fn path(self) -> &'static str {
        let file = FILES.iter().find(|file| file.asset == self);
        file.map_or("", |file| &file.path)
    }
}

/// The route of all files.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("/assets/{name}");
    let Some(file) = FILES.iter().find(|file| file.path == path) else {
        return Fault::NoPage.into_response();
    };
    let takes_gzip = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| value.contains("gzip")));
    let fixed = [
        (CONTENT_TYPE, file.content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (VARY, "accept-encoding"),
    ];
    if takes_gzip {
        (fixed, [(CONTENT_ENCODING, "gzip")], file.gzip.as_slice()).into_response()
    } else {
        (fixed, file.plain).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_stays_small_and_asks_for_nothing_elsewhere() {
        let sheet = include_str!("../assets/motcua.css");
        assert!(sheet.len() <= 25 * 1024, "{} bytes", sheet.len());
        assert!(!sheet.contains("url(") && !sheet.contains("@import"));
    }

    #[test]
    fn what_a_first_view_loads_leaves_room_for_the_page() {
        let gzip: usize = FILES.iter().map(|file| file.gzip.len()).sum();
        assert!(gzip <= 15 * 1024, "{gzip} bytes");
    }
}
