//! Why a row is refused, in Vietnamese.

/// Reasons in English, and the same in Vietnamese. `{}` stands for what a row holds; the parts of a
/// reason, between semicolons, are told one by one.
const PARTS: [(&str, &str); 42] = [
    (
        "unit `{}` is in no list",
        "đơn vị “{}” không có trong danh mục và bản mô tả",
    ),
    (
        "procedure `{}` is in no list",
        "thủ tục “{}” không có trong danh mục và bản mô tả",
    ),
    (
        "channel `{}` is in no list",
        "hình thức nộp “{}” không có trong bản mô tả",
    ),
    (
        "status `{}` is in no list",
        "trạng thái “{}” không có trong bản mô tả",
    ),
    (
        "activity `{}` is in no list",
        "bước “{}” không có trong bản mô tả",
    ),
    ("did you mean `{}`?", "có phải là “{}” không?"),
    (
        "name it under [channels], or say [otherwise] channel",
        "hãy ghi vào [channels], hoặc đặt channel ở [otherwise]",
    ),
    ("the row names no unit", "dòng không ghi đơn vị"),
    (
        "unit {} is not a commune or centre of province {}",
        "đơn vị {} không phải xã, phường, đặc khu hay trung tâm của tỉnh {}",
    ),
    ("the row names no procedure", "dòng không ghi thủ tục"),
    (
        "procedure {} is not in the catalogue",
        "thủ tục {} không có trong danh mục",
    ),
    ("the channel is empty", "ô hình thức nộp để trống"),
    ("the status is empty", "ô trạng thái để trống"),
    (
        "status `{}` says that it was {}, and no column says when",
        "trạng thái “{}” nghĩa là đã kết thúc ({}), mà không cột nào ghi lúc nào",
    ),
    (
        "name one as `status_time`",
        "hãy chỉ cột ấy bằng `status_time`",
    ),
    ("dossier `{}` is there twice", "hồ sơ “{}” có hai dòng"),
    ("this row is left out", "dòng này được bỏ qua"),
    (
        "dossier `{}` was never received: the cell is empty",
        "hồ sơ “{}” không có ngày tiếp nhận: ô để trống",
    ),
    (
        "dossier `{}` was never received",
        "hồ sơ “{}” không có ngày tiếp nhận",
    ),
    (
        "dossier `{}` has a procedure that the catalogue does not have",
        "hồ sơ “{}” thuộc thủ tục không có trong danh mục",
    ),
    (
        "dossier `{}` lacks an event: expected version {}",
        "hồ sơ “{}” thiếu một sự kiện: phải có phiên bản {}",
    ),
    (
        "dossier `{}` has an event of another dossier, or of another province than {}",
        "hồ sơ “{}” có sự kiện của hồ sơ khác, hoặc của tỉnh khác với {}",
    ),
    (
        "dossier `{}` has no row of its own",
        "hồ sơ “{}” không có dòng của mình",
    ),
    ("the row names no dossier", "dòng không ghi số hồ sơ"),
    (
        "the name of the dossier is longer than 200 bytes",
        "số hồ sơ dài hơn 200 byte",
    ),
    ("{} cells", "dòng có {} ô"),
    (
        "expected {} as in the header",
        "phải có {} ô như dòng tên cột",
    ),
    ("the event has no time", "sự kiện không có thời điểm"),
    (
        "not an event of an export: {}",
        "không phải sự kiện của một bản xuất: {}",
    ),
    ("limit: {}", "thời hạn: {}"),
    ("{} is in the future", "{} là thời điểm chưa tới"),
    (
        "`{}` is not a time of the form {} in the years 1900 to 9999",
        "“{}” không đọc được thành ngày giờ theo mẫu {}, năm 1900 đến 9999",
    ),
    (
        "code {} belongs to dossier {} already",
        "mã {} đã thuộc hồ sơ {}",
    ),
    (
        "code {} belongs to `{}` of the same list already",
        "mã {} đã thuộc “{}” trong cùng danh sách",
    ),
    ("code {} belongs to {} already", "mã {} đã thuộc {}"),
    ("`{}` is left out", "“{}” được bỏ qua"),
    (
        "`{}` is not a dossier code: AGENCY-YYMMDD-NNNN or a portal's code, such as {}",
        "“{}” không phải mã hồ sơ: phải là <mã cơ quan>-<năm tháng ngày>-<số> hoặc mã của cổng, ví dụ {}",
    ),
    (
        "one of another shape with its source, such as {}",
        "mã dạng khác thì ghi kèm nguồn, ví dụ {}",
    ),
    (
        "if these are numbers of a list of your own, leave `code` out of the map",
        "nếu đây là số thứ tự của sổ riêng thì bỏ `code` khỏi bản mô tả",
    ),
    (
        "not UTF-8 at byte {} of the row",
        "dòng không phải UTF-8 ở byte {}",
    ),
    (
        "save the whole file as UTF-8",
        "hãy lưu lại cả tệp dạng UTF-8",
    ),
    ("holds a NUL byte", "dòng có byte NUL"),
];

/// A reason in Vietnamese. A part that is in no list stays as it is.
#[must_use]
pub fn in_vietnamese(reason: &str) -> String {
    let parts = reason.split("; ").map(|part| {
        let told = PARTS
            .iter()
            .find_map(|(english, vietnamese)| Some(filled(vietnamese, &held(part, english)?)));
        told.unwrap_or_else(|| part.to_owned())
    });
    parts.collect::<Vec<String>>().join("; ")
}

/// What stands in a text where a form has its gaps; none if the text is not of the form.
fn held<'a>(text: &'a str, form: &str) -> Option<Vec<&'a str>> {
    let mut pieces = form.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut held = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = match pieces.peek() {
            Some(_) => rest.find(piece)?,
            // The last piece ends the text.
            None => rest.len().checked_sub(piece.len())?,
        };
        let (inside, from) = rest.split_at_checked(at)?;
        rest = from.strip_prefix(piece)?;
        held.push(inside);
    }
    rest.is_empty().then_some(held)
}

fn filled(form: &str, held: &[&str]) -> String {
    let mut pieces = form.split("{}");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for (piece, inside) in pieces.zip(held) {
        text.push_str(inside);
        text.push_str(piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_reason_is_told_and_what_the_row_holds_stays() {
        assert_eq!(
            in_vietnamese("unit `Phường Lạ` is in no list; did you mean `Phường Là`?"),
            "đơn vị “Phường Lạ” không có trong danh mục và bản mô tả; có phải là “Phường Là” không?"
        );
        assert_eq!(
            in_vietnamese("3 cells; expected 15 as in the header"),
            "dòng có 3 ô; phải có 15 ô như dòng tên cột"
        );
        assert_eq!(
            in_vietnamese(
                "`mai` is not a time of the form %d/%m/%Y or %Y in the years 1900 to 9999"
            ),
            "“mai” không đọc được thành ngày giờ theo mẫu %d/%m/%Y or %Y, năm 1900 đến 9999"
        );
        assert_eq!(
            in_vietnamese("code H60.1 belongs to H60.2 already; `7` is left out"),
            "mã H60.1 đã thuộc H60.2; “7” được bỏ qua"
        );
        assert_eq!(in_vietnamese("something else"), "something else");
    }

    #[test]
    fn every_form_is_told_in_vietnamese_with_all_that_it_holds() {
        for (english, vietnamese) in PARTS {
            let gaps = |form: &str| form.matches("{}").count();
            assert_eq!(gaps(english), gaps(vietnamese), "{english}");
            let reason = english.replace("{}", "7");
            assert_eq!(
                in_vietnamese(&reason),
                vietnamese.replace("{}", "7"),
                "{english}"
            );
        }
    }
}
