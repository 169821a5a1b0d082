//! Text files that people wrote.

use std::path::Path;

use crate::Failure;

/// Reads a whole text; an error names the file and line that is not UTF-8.
pub fn read(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::Input(format!("cannot read {name}: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        Failure::Input(format!(
            "{name}:{line}: not UTF-8; save the whole file as UTF-8"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_another_encoding_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("successors.csv");
        std::fs::write(&path, b"old,new\n1,2\nT\xe2n Quang,3\n").unwrap();
        let refused = read(&path).unwrap_err().to_string();
        assert!(
            refused.ends_with("successors.csv:3: not UTF-8; save the whole file as UTF-8"),
            "{refused}"
        );
    }
}
