//! A form as a page of its own, for software that prints without our pages.

/// The rules of paper, which the pages' style sheet has too.
pub const SHEET: &str = include_str!("../assets/paper.css");

/// What the pages' style sheet says of everything, as far as paper needs it.
const GROUND: &str = "*,*::before,*::after{box-sizing:border-box}html{font:100%/1.5 serif}\
body{margin:0;background:#fff;color:#000;overflow-wrap:break-word}\
h1,h2,h3,p,ul,ol,dl,dd,figure,table{margin:0;padding:0}ul,ol{list-style:none}\
b,strong{font-weight:650}svg{display:block;max-width:100%;fill:currentColor}\
.code,.nowrap{white-space:nowrap}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top}";

/// A whole HTML document with one form: it asks for no file and runs no script.
#[must_use]
pub fn whole_page(title: &str, article: &str) -> String {
    let mut safe = String::new();
    for letter in title.chars() {
        match letter {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            other => safe.push(other),
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<title>{safe}</title>\n\
         <style>{GROUND}\n{SHEET}</style>\n</head>\n<body>\n{article}\n</body>\n</html>\n"
    )
}
