//! Reception while offline, from the command line.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::process::{Command, Output};

use tempfile::TempDir;

/// A desk with its own database.
struct Desk {
    folder: TempDir,
    url: String,
}

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("m.db").display());
        let desk = Self { folder, url };
        let migrated = desk.run(&["migrate", "--database", &desk.url]);
        assert!(migrated.status.success(), "{}", told(&migrated.stderr));
        desk
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .output()
            .unwrap()
    }

    /// Runs `motcua offline` with these arguments, at the ward's desk today.
    fn offline(&self, words: &[&str]) -> Output {
        let at = ["--unit", "02215", "--database", &self.url];
        self.run(&[&["offline"], words, &at].concat())
    }

    fn good(&self, words: &[&str]) -> Vec<String> {
        let output = self.offline(words);
        assert!(
            output.status.success(),
            "{words:?}: {}",
            told(&output.stderr)
        );
        told(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// The exit code and the error output.
    fn bad(&self, words: &[&str]) -> (i32, String) {
        let output = self.offline(words);
        (output.status.code().unwrap(), told(&output.stderr))
    }

    fn writes(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        name.to_owned()
    }
}

fn told(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const HEADER: &str = "number,receive_time,procedure,name,components\r\n";

#[test]
fn numbers_are_taken_along_used_and_given_back_and_every_command_may_be_repeated() {
    let desk = Desk::open();
    let id = "00000000-0000-4000-8000-000000000001";
    let reserve = ["reserve", "--count", "3", "--request-id", id];
    let codes = desk.good(&reserve);
    assert_eq!(codes.len(), 3);
    assert!(codes[0].starts_with("H60.02215-") && codes[0].ends_with("-0001"));
    assert_eq!(
        desk.good(&reserve),
        codes,
        "the same request, the same numbers"
    );
    assert!(desk.good(&["reserve", "--count", "1"])[0].ends_with("-0004"));

    let rows = "1,00:00,1.004873,Nguyễn Văn Mẫu,\r\n3,00:00:30,1.004873,\"Trần, Thị Mẫu\",\r\n";
    let file = desk.writes("day.csv", &format!("\u{feff}{HEADER}{rows}"));
    let foreseen = desk.good(&["import", &file, "--dry-run"]);
    assert_eq!(foreseen, ["2 of 2 receptions could be entered"]);
    assert!(
        desk.good(&["list"])
            .iter()
            .all(|line| line.ends_with("\topen"))
    );

    let entered = desk.good(&["import", &file]);
    assert_eq!(entered.len(), 2);
    for (line, code) in entered.iter().zip([&codes[0], &codes[2]]) {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells[0], code);
        assert_eq!(cells[2].len(), 6, "a PIN for the receipt: {line}");
    }
    assert_eq!(desk.good(&["import", &file]), entered, "twice is once");

    let void = ["void", "--numbers", "2,4", "--reason", "unused"];
    let after = desk.good(&void);
    assert_eq!(desk.good(&void), after, "what is void stays void");
    assert_eq!(desk.good(&["list"]), after);
    let states: Vec<_> = after
        .iter()
        .map(|line| line.split_once('\t').unwrap().1)
        .collect();
    assert!(states[0].starts_with("dossiers/") && states[2].starts_with("dossiers/"));
    assert_eq!((states[1], states[3]), ("void, unused", "void, unused"));

    // The slip of somebody who was received again names the later dossier.
    assert!(desk.good(&["reserve", "--count", "2"])[0].ends_with("-0005"));
    let later = ["--later-dossier", codes[2].as_str()];
    let named = [
        &["void", "--numbers", "5", "--reason", "spoilt"],
        &later[..],
    ]
    .concat();
    let after = desk.good(&named);
    let dossier = states[2];
    assert!(
        after[4].ends_with(&format!("\tvoid, spoilt; later {dossier}")),
        "{after:?}"
    );
    assert_eq!(desk.good(&named), after, "twice is once");
    let two = [
        &["void", "--numbers", "5,6", "--reason", "spoilt"],
        &later[..],
    ]
    .concat();
    let (code, said) = desk.bad(&two);
    assert!(
        code == 2 && said.contains("one number only"),
        "{code} {said}"
    );
}

#[test]
fn a_wrong_file_is_told_with_line_and_reason_and_enters_nothing() {
    let desk = Desk::open();
    desk.good(&["reserve", "--count", "2"]);
    for (text, says) in [
        ("", "day.csv:1: the file is empty"),
        (
            "number,name\n1,A\n",
            "day.csv:1: column receive_time is missing",
        ),
        ("number,colour\n", "day.csv:1: column `colour` is not known"),
        (
            "number,receive_time,procedure,name\n1,25:00,1.004873,A\n",
            "day.csv:2: receive_time: `25:00` is not a time",
        ),
        (
            "number,receive_time,procedure,name\n1,23:59:59,1.004873,A\n",
            "day.csv:2: receive_time: must be on",
        ),
        (
            "number,receive_time,procedure,name\nx,00:00,1.004873,A\n",
            "day.csv:2: number: `x` is not a number of a block",
        ),
        (
            "number,receive_time,procedure,name\n1,00:00,1.004873,A\n1,00:00,1.004873,B\n",
            "day.csv:3: number 1 stands in line 2 already",
        ),
        (
            "number,receive_time,procedure,name\n1,00:00,1.004873,A\n2,00:00,9.999999,B\n",
            "day.csv:3: procedure: expected a procedure",
        ),
        (
            "number,receive_time,procedure,name\n1,00:00,1.004873,\n",
            "day.csv:2: applicant.name: must not be empty",
        ),
    ] {
        let file = desk.writes("day.csv", text);
        for words in [vec!["import", &file], vec!["import", &file, "--dry-run"]] {
            let (code, said) = desk.bad(&words);
            assert_eq!(code, 2, "{text}: {said}");
            assert!(said.contains(says), "{text}: {said}");
        }
    }
    let unknown = desk.writes(
        "day.csv",
        "number,receive_time,procedure,name\n9,00:00,1.004873,A\n",
    );
    let (code, said) = desk.bad(&["import", &unknown]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("day.csv:2: number 9"), "{said}");
    let (code, said) = desk.bad(&["import", &unknown, "--dry-run"]);
    assert_eq!((code, said.trim()), (1, "day.csv:2: number 9 is not open"));
    for (words, says) in [
        (
            vec!["void", "--numbers", "2-1", "--reason", "unused"],
            "--numbers: `2-1`",
        ),
        (
            vec!["void", "--numbers", "1", "--reason", "bored"],
            "--reason: `bored`",
        ),
        (
            vec!["reserve", "--count", "0"],
            "count: must be from 1 to 500",
        ),
        (
            vec!["reserve", "--count", "1", "--actor", "Ông A"],
            "--actor",
        ),
        (
            vec!["reserve", "--count", "1", "--day", "2020-01-01"],
            "day: must be from today",
        ),
    ] {
        let (code, said) = desk.bad(&words);
        assert_eq!(code, 2, "{words:?}: {said}");
        assert!(said.contains(says), "{words:?}: {said}");
    }
    assert!(
        desk.good(&["list"])
            .iter()
            .all(|line| line.ends_with("\topen"))
    );
}
