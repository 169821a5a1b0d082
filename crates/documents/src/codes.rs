//! The two codes on a form: a QR code for telephones and a bar code for the desk's scanner. Both
//! are SVG without inline styles, which the pages' content policy forbids.

use barcoders::sym::code128::Code128;
use qrcode::{Color, EcLevel, QrCode};

/// Why a code cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The text is too long for a QR code that a telephone can read from A5.
    #[error("`{0}` is too long for a QR code")]
    TooLong(String),
    /// The text has a character that a bar code cannot hold.
    #[error("`{0}` has letters that a bar code does not have")]
    Letters(String),
}

/// White modules around a QR code, as ISO/IEC 18004 asks.
const QUIET: usize = 4;

/// White modules on each side of a bar code, as ISO/IEC 15417 asks.
const BAR_QUIET: usize = 10;

/// Draws the QR code of the address under which a dossier is looked up.
pub(crate) fn of_lookup(address: &str, code: &str) -> Result<String, Invalid> {
    qr(address, &format!("Mã QR tra cứu hồ sơ {code}"))
}

/// Draws the bar code of a dossier's code; nothing for a dossier that has none.
pub(crate) fn of_code(code: &str) -> Result<String, Invalid> {
    match code {
        "" => Ok(String::new()),
        code => bar(code, &format!("Mã vạch {code}")),
    }
}

/// Draws a QR code of an address. `label` is its text for screen readers.
pub fn qr(address: &str, label: &str) -> Result<String, Invalid> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M)
        .map_err(|_too_long| Invalid::TooLong(address.to_owned()))?;
    let width = code.width();
    let colours = code.to_colors();
    let mut path = String::new();
    for (row, line) in colours.chunks(width).enumerate() {
        bars(
            line.iter().map(|it| *it == Color::Dark),
            QUIET,
            |x, long| {
                path.push_str(&format!("M{x} {y}h{long}v1h-{long}z", y = row + QUIET));
            },
        );
    }
    let side = width + 2 * QUIET;
    Ok(format!(
        r#"<svg class="p-qr" viewBox="0 0 {side} {side}" role="img" aria-label="{}" shape-rendering="crispEdges"><path d="{path}"/></svg>"#,
        escaped(label)
    ))
}

/// Draws a bar code (Code 128) of a dossier's bare code. A scanner types the content into whatever
/// field has the focus, so the bar code holds nothing else. `label` is its text for screen readers.
pub fn bar(text: &str, label: &str) -> Result<String, Invalid> {
    // Set B has upper and lower case letters, digits and signs.
    let code = Code128::new(format!("\u{0181}{text}"))
        .map_err(|_letters| Invalid::Letters(text.to_owned()))?;
    let modules = code.encode();
    let mut path = String::new();
    bars(modules.iter().map(|it| *it == 1), BAR_QUIET, |x, long| {
        path.push_str(&format!("M{x} 0h{long}v30h-{long}z"));
    });
    let width = modules.len() + 2 * BAR_QUIET;
    Ok(format!(
        r#"<svg class="p-bar" viewBox="0 0 {width} 30" preserveAspectRatio="none" role="img" aria-label="{}" shape-rendering="crispEdges"><path d="{path}"/></svg>"#,
        escaped(label)
    ))
}

/// Calls `draw` with the beginning and the length of each run of dark modules.
fn bars(modules: impl Iterator<Item = bool>, quiet: usize, mut draw: impl FnMut(usize, usize)) {
    let mut from = None;
    let mut end = 0;
    for (at, dark) in modules.enumerate() {
        end = at + 1;
        match (dark, from) {
            (true, None) => from = Some(at),
            (false, Some(begin)) => {
                draw(begin + quiet, at - begin);
                from = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    if let Some(begin) = from {
        draw(begin + quiet, end - begin);
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_drawn_without_styles_and_say_what_they_are() {
        let qr = qr(
            "https://motcua.example/lookup?code=H60.02215-261130-0001",
            "Mã QR",
        )
        .unwrap();
        assert!(
            qr.contains(r#"aria-label="Mã QR""#) && !qr.contains("style"),
            "{qr}"
        );
        let bar = bar("H60.02215-261130-0001", "Mã vạch").unwrap();
        // 11 modules a letter, one letter each for start and check, a stop of 13, and two quiet
        // zones.
        let width = 11 * (21 + 2) + 13 + 2 * BAR_QUIET;
        assert!(
            bar.contains(&format!(r#"viewBox="0 0 {width} 30""#)),
            "{bar}"
        );
    }

    #[test]
    fn what_no_scanner_could_read_is_refused() {
        assert!(bar("H60-Đ", "x").is_err());
        assert!(qr(&"x".repeat(4_000), "x").is_err());
    }
}
