//! Fields that are wrong, by the names that they have on the wire and on the form.

/// One field that is wrong, with what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The path of the field as on the wire: `applicant.name`.
    pub field: String,
    /// What was expected: `must not be empty`.
    pub problem: String,
}

impl FieldError {
    /// A field and what was expected of it.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// The same to the clerk: `Họ và tên (người nộp hồ sơ): chưa được điền`.
    #[must_use]
    pub fn vietnamese(&self) -> String {
        format!(
            "{}: {}",
            on_the_form(&self.field),
            problem_vi(&self.problem)
        )
    }
}

/// What a field is called on the form; none where no form has it.
#[must_use]
pub fn label(field: &str) -> Option<&'static str> {
    let found = LABELS.iter().find(|(name, _)| *name == field);
    found.map(|(_, label)| *label)
}

/// The names of a path, the innermost first: `Số bản (giấy tờ 3)`.
fn on_the_form(path: &str) -> String {
    let mut names = path.split('.').rev().map(|part| {
        let (name, at) = match part.split_once('[') {
            Some((name, at)) => (name, at.trim_end_matches(']').parse::<usize>().ok()),
            None => (part, None),
        };
        let name = label(name).unwrap_or(name);
        match at {
            Some(at) => format!("{name} {}", at + 1),
            None => name.to_owned(),
        }
    });
    let innermost = names.next().unwrap_or_default();
    let around: Vec<String> = names.map(|name| lower_first(&name)).collect();
    if around.is_empty() {
        innermost
    } else {
        format!("{innermost} ({})", around.join(", "))
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// A problem in Vietnamese: the words of its beginning, and what follows where that is a list, a
/// number or an example and needs no translation.
fn problem_vi(problem: &str) -> String {
    if let Some(rest) = problem.strip_prefix("must have at most ") {
        let most = first_words(rest);
        return if rest.contains("items") {
            format!("nhiều hơn {most} mục")
        } else {
            format!("dài quá {most} ký tự")
        };
    }
    if let Some((first, last)) = problem
        .strip_prefix("must be from ")
        .and_then(|span| span.split_once(" to "))
    {
        let first = first.trim_start_matches("today, ").trim_end_matches(',');
        return format!("phải từ {first} đến {}", first_words(last));
    }
    let found = PROBLEMS.iter().find_map(|(begins, vietnamese)| {
        let rest = problem.strip_prefix(begins)?;
        Some(match vietnamese.split_once("{}") {
            Some((before, after)) => format!("{before}{}{after}", first_words(rest)),
            None => (*vietnamese).to_owned(),
        })
    });
    found.unwrap_or_else(|| "giá trị chưa đúng".to_owned())
}

/// The number or list at the beginning of a text, without the words around it.
fn first_words(rest: &str) -> &str {
    let end = rest
        .find([';', ' '])
        .filter(|_| rest.starts_with(|c: char| c.is_ascii_digit()));
    rest[..end.unwrap_or(rest.len())].trim_end_matches([',', '.'])
}

/// Beginnings of problems, longer ones before shorter ones.
const PROBLEMS: &[(&str, &str)] = &[
    ("must not be empty", "chưa được điền"),
    ("must be given once", "chỉ được điền một lần"),
    ("must be given when", "phải được điền trong trường hợp này"),
    ("must be given", "chưa được điền"),
    ("must be left out", "không được điền trong trường hợp này"),
    (
        "must be described once",
        "chỉ được mô tả một lần; hãy ghi số bản",
    ),
    ("must be false", "không được chọn trong trường hợp này"),
    (
        "must not hold control characters",
        "có ký tự điều khiển không hợp lệ",
    ),
    ("must not be in the future", "không được ở tương lai"),
    (
        "must not be before",
        "không được sớm hơn thời điểm trước đó",
    ),
    (
        "must lie in the published calendar",
        "nằm ngoài lịch làm việc đã công bố",
    ),
    ("must be at most ", "nhiều nhất là {}"),
    (
        "must not cover more than ",
        "có hơn {} hồ sơ; hãy chọn ít ngày hơn",
    ),
    (
        "must be a commune or centre",
        "phải là xã, phường hoặc trung tâm thuộc tỉnh, thành phố của người gọi",
    ),
    (
        "must be a unit that is still there",
        "đơn vị này đã kết thúc hoạt động; hãy chọn đơn vị kế thừa",
    ),
    ("must be desk or post", "phải là trực tiếp hoặc bưu chính"),
    (
        "must be a cursor",
        "phải là vị trí đọc của lần trả lời trước",
    ),
    (
        "must be a page token",
        "phải là mã trang của lần trả lời trước",
    ),
    (
        "only one of the alternatives",
        "chỉ được chọn một trong các cách",
    ),
    ("is no field here", "yêu cầu này không có trường như vậy"),
    ("expected one of ", "phải là một trong các giá trị {}"),
    (
        "expected a number from ",
        "phải là số trong khoảng cho phép, từ {}",
    ),
    ("expected a score from 1 to 5", "phải là điểm từ 1 đến 5"),
    ("expected a size in bytes", "phải là số byte của tệp"),
    (
        "expected an amount in đồng",
        "phải là số tiền bằng đồng, từ 1",
    ),
    (
        "expected a whole number from 1 to 65535 and a unit",
        "phải là thời hạn như 3wd, 8wh, 30d, 1mo, 12h hoặc same-day",
    ),
    (
        "expected a whole number, not below 0",
        "phải là số nguyên không âm",
    ),
    ("expected a whole number", "phải là số nguyên"),
    ("expected a number", "phải là số"),
    ("expected a text", "phải là chữ"),
    ("expected true or false", "phải là có hoặc không"),
    ("expected a list", "phải là danh sách"),
    ("expected an object", "phải là một nhóm trường"),
    (
        "expected a time in RFC 3339",
        "phải là thời điểm như 2026-08-31T17:00:00+07:00",
    ),
    ("expected a moment", "phải là thời điểm hợp lệ"),
    ("expected a day such as", "phải là ngày như 2026-08-31"),
    ("expected a month such as", "phải là tháng như 2026-08"),
    (
        "expected a telephone number",
        "phải là số điện thoại có 8 đến 15 chữ số",
    ),
    (
        "expected 9 to 12 digits",
        "phải có 9 đến 12 chữ số, hoặc là số hộ chiếu",
    ),
    (
        "expected a name with at least one letter",
        "phải có ít nhất một chữ cái",
    ),
    (
        "expected a commune, ward or special zone",
        "phải là xã, phường hoặc đặc khu",
    ),
    (
        "expected a unit of the catalogue",
        "không có đơn vị này trong danh mục",
    ),
    (
        "expected a province of the catalogue",
        "không có tỉnh, thành phố này trong danh mục",
    ),
    (
        "expected a procedure of the catalogue",
        "không có thủ tục này trong danh mục",
    ),
    (
        "expected a component, a note",
        "phải có thành phần hồ sơ hoặc ghi chú",
    ),
    ("expected a component code", "phải là mã thành phần hồ sơ"),
    ("expected a request id", "phải là mã yêu cầu (UUID)"),
    ("expected a dossier name", "phải là mã hồ sơ"),
    ("expected a dossier code", "phải là mã hồ sơ"),
    ("expected a role", "phải là một vai trò"),
    (
        "expected the id of a token",
        "phải là mã truy cập có 12 chữ số hệ mười sáu",
    ),
    (
        "must be the name of one person",
        "phải là tên của một người hoặc một chương trình",
    ),
    ("must be a name that nobody has", "tên này đã có người dùng"),
    (
        "must be a unit of the caller's province",
        "phải là đơn vị thuộc tỉnh, thành phố của người gọi",
    ),
    (
        "must be a user who",
        "người dùng này không được như vậy; hãy sửa quyền của người dùng trước",
    ),
    ("expected bytes", "phải là dữ liệu mã hóa base64"),
    ("expected ", "giá trị chưa đúng định dạng"),
    ("is wrong", "giá trị chưa đúng"),
];

/// What forms call the fields of requests.
const LABELS: &[(&str, &str)] = &[
    ("address", "Địa chỉ"),
    ("english", "Báo bằng tiếng Anh"),
    ("kinds", "Loại sự kiện"),
    ("accept_incomplete", "Tiếp nhận khi chưa đủ giấy tờ"),
    ("after", "Vị trí đọc tiếp"),
    ("all", "Tất cả đơn vị"),
    ("amount_vnd", "Số tiền"),
    ("answer", "Nội dung trả lời"),
    ("apology", "Xin lỗi và hẹn lại"),
    ("applicant", "Người nộp hồ sơ"),
    ("apply", "Áp dụng thông điệp"),
    ("arrive_time", "Thời điểm đến"),
    ("as_of", "Tính đến thời điểm"),
    ("assignee", "Người được phân công"),
    ("assisted_by", "Người hỗ trợ nộp hồ sơ"),
    ("body", "Nội dung yêu cầu"),
    ("case_id", "Trường hợp"),
    ("certificate_serial", "Số chứng thư số"),
    ("changed_since_time", "Thay đổi từ thời điểm"),
    ("channel", "Kênh tiếp nhận"),
    ("choices", "Lựa chọn"),
    ("code", "Mã hồ sơ"),
    ("comment", "Ý kiến"),
    ("competent_unit", "Cơ quan có thẩm quyền"),
    ("component", "Thành phần hồ sơ"),
    ("components", "Thành phần hồ sơ"),
    ("conflict", "Mâu thuẫn số"),
    ("copy", "Loại bản"),
    ("correction", "Nội dung đính chính"),
    ("count", "Số bản"),
    ("data_failure", "Lý do không lấy được dữ liệu"),
    ("day", "Ngày"),
    ("days", "Số ngày có hiệu lực"),
    ("detached_sha256", "Mã băm chữ ký rời"),
    ("descending", "Thứ tự giảm dần"),
    ("digitised", "Đã số hóa"),
    ("document", "Văn bản"),
    ("due_time", "Hạn trả"),
    ("duplicate_intended", "Vẫn tiếp nhận"),
    ("end_from_time", "Kết thúc từ"),
    ("end_time", "Thời điểm kết thúc"),
    ("end_until_time", "Kết thúc đến"),
    ("etag", "Phiên bản hồ sơ"),
    ("exception", "Yêu cầu bổ sung ngoại lệ"),
    ("extension", "Hình thức gia hạn"),
    ("external_code", "Mã ngoài"),
    ("external_codes", "Mã ngoài"),
    ("fee_exemption", "Miễn, giảm phí"),
    ("field", "Trường"),
    ("file", "Tệp"),
    ("format", "Định dạng"),
    ("from", "Từ ngày"),
    ("from_version", "Từ phiên bản"),
    ("full_name", "Họ và tên"),
    ("giver", "Người giao"),
    ("grain", "Kỳ của chuỗi số liệu"),
    ("horizon_days", "Số ngày nhìn trước"),
    ("id_number", "Số định danh"),
    ("import_name", "Đợt nhập dữ liệu"),
    ("in_conflict", "Đang có mâu thuẫn"),
    ("incident_area", "Địa bàn xảy ra vụ việc"),
    ("incident_place", "Địa điểm xảy ra vụ việc"),
    ("issuer", "Tổ chức cấp chứng thư"),
    ("items", "Mục"),
    ("kind", "Loại"),
    ("last_day", "Đến ngày"),
    ("later_dossier", "Hồ sơ tiếp nhận sau"),
    ("lead", "Chủ trì"),
    ("levels", "Mức cảnh báo"),
    ("legal_basis", "Căn cứ pháp lý"),
    ("limit", "Thời hạn"),
    ("make_up_days", "Ngày làm bù"),
    ("media_type", "Kiểu tệp"),
    ("method", "Hình thức"),
    ("month", "Tháng"),
    ("name", "Tên"),
    ("new_code", "Mã mới"),
    ("new_step", "Bước mới"),
    ("new_unit", "Đơn vị mới"),
    ("not_handed_over", "Chưa bàn giao"),
    ("note", "Ghi chú"),
    ("number", "Số"),
    ("numbers", "Các số"),
    ("only", "Chỉ gồm"),
    ("off_days", "Ngày nghỉ"),
    ("old_code", "Mã cũ"),
    ("old_step", "Bước cũ"),
    ("old_unit", "Đơn vị cũ"),
    ("on_paper", "Trên giấy"),
    ("order", "Thứ tự sắp xếp"),
    ("origin", "Nguồn đính chính"),
    ("originals", "Bản chính"),
    ("overlap_minutes", "Số phút dùng song song"),
    ("page_size", "Số dòng mỗi trang"),
    ("page_token", "Mã trang"),
    ("papers", "Giấy tờ"),
    ("path", "Đường dẫn văn bản"),
    ("phone", "Số điện thoại"),
    ("pin", "Mã PIN trên giấy tiếp nhận"),
    ("portal_code", "Mã hồ sơ của cổng"),
    ("position", "Chức vụ"),
    ("procedure", "Thủ tục"),
    ("province", "Tỉnh, thành phố"),
    ("proxy", "Người nhận thay"),
    ("query", "Từ khóa"),
    ("site", "Địa chỉ trang tra cứu"),
    ("question", "Nội dung lấy ý kiến"),
    ("queue_ticket", "Số thứ tự"),
    ("reason", "Lý do"),
    ("receive_from_time", "Tiếp nhận từ"),
    ("receive_time", "Thời điểm tiếp nhận"),
    ("receive_until_time", "Tiếp nhận đến"),
    ("receiver", "Người nhận"),
    ("receiver_unit", "Đơn vị nhận"),
    ("receiving_unit", "Đơn vị tiếp nhận"),
    ("reference", "Số tham chiếu"),
    ("request_id", "Mã yêu cầu"),
    ("requests", "Các yêu cầu"),
    ("resolving_unit", "Đơn vị giải quyết"),
    ("respond_by_time", "Hạn bổ sung"),
    ("result", "Kết quả"),
    ("result_code", "Số, ký hiệu kết quả"),
    ("results", "Kết quả"),
    ("returning_unit", "Đơn vị trả kết quả"),
    ("reuse", "Tái sử dụng dữ liệu"),
    ("roles", "Vai trò"),
    ("row", "Dòng của chuỗi số liệu"),
    ("score", "Điểm đánh giá"),
    ("setting", "Nơi tiếp nhận"),
    ("sha256", "Mã băm tệp"),
    ("sign_time", "Thời điểm ký"),
    ("signatures", "Chữ ký số"),
    ("size_bytes", "Dung lượng tệp"),
    ("skip", "Số dòng bỏ qua"),
    ("source", "Nguồn"),
    ("state", "Trạng thái"),
    ("states", "Trạng thái"),
    ("status_time", "Thời điểm của trạng thái"),
    ("step", "Bước xử lý"),
    ("steps", "Bước xử lý"),
    ("submit_time", "Thời điểm nộp"),
    ("system", "Hệ thống"),
    ("table", "Bảng sắp xếp đơn vị"),
    ("task", "Nội dung công việc"),
    ("term", "Thời hạn"),
    ("text", "Nội dung văn bản"),
    ("to", "Đến ngày"),
    ("token", "Mã tra cứu trong mã QR"),
    ("token_id", "Mã truy cập"),
    ("tokens_only", "Chỉ dùng mã truy cập"),
    ("to_version", "Đến phiên bản"),
    ("unit", "Đơn vị"),
    ("unit_basis", "Cách tính đơn vị"),
    ("units", "Các đơn vị"),
    ("user", "Người dùng"),
    ("validate_only", "Chỉ kiểm tra"),
    ("verdict", "Quyết định"),
    ("verification", "Xác minh"),
    ("version", "Phiên bản"),
    ("whole", "Cả mẫu số"),
    ("with_breakdown", "Kèm chi tiết"),
    ("with_ended", "Kèm hồ sơ đã kết thúc"),
    ("with_mirrored", "Kèm hồ sơ đồng bộ"),
    ("with_waiting", "Kèm hồ sơ đang chờ gửi"),
    ("remote", "Hệ thống kết nối"),
    ("cursor", "Vị trí trong dòng sự kiện"),
    ("dossier", "Hồ sơ"),
    ("with_total", "Kèm tổng số"),
    ("words", "Nội dung đôn đốc"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clerk_reads_the_fields_name_on_the_form_and_what_is_expected() {
        for (field, problem, told) in [
            (
                "applicant.name",
                "must not be empty; expected a text of at most 200 characters",
                "Tên (người nộp hồ sơ): chưa được điền",
            ),
            (
                "papers[2].count",
                "must be at most 1000",
                "Số bản (giấy tờ 3): nhiều nhất là 1000",
            ),
            (
                "channel",
                "expected one of CHANNEL_DESK, CHANNEL_POST",
                "Kênh tiếp nhận: phải là một trong các giá trị CHANNEL_DESK, CHANNEL_POST",
            ),
            (
                "note",
                "must have at most 2000 characters, not 2001",
                "Ghi chú: dài quá 2000 ký tự",
            ),
            (
                "components",
                "must have at most 100 items, not 101",
                "Thành phần hồ sơ: nhiều hơn 100 mục",
            ),
            (
                "last_day",
                "must be from today, 2026-08-03, to 2026-09-03",
                "Đến ngày: phải từ 2026-08-03 đến 2026-09-03",
            ),
            (
                "last_day",
                "must not cover more than 2000 dossiers",
                "Đến ngày: có hơn 2000 hồ sơ; hãy chọn ít ngày hơn",
            ),
            ("x", "does not rhyme", "x: giá trị chưa đúng"),
        ] {
            assert_eq!(FieldError::new(field, problem).vietnamese(), told);
        }
    }

    #[test]
    fn no_beginning_of_a_problem_hides_a_longer_one() {
        for (at, (begins, _)) in PROBLEMS.iter().enumerate() {
            let hidden = PROBLEMS[..at]
                .iter()
                .find(|(other, _)| begins.starts_with(other));
            assert!(hidden.is_none(), "{begins} stands after {hidden:?}");
        }
    }
}
