//! A database on a server is dumped and put back by PostgreSQL's own programs.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Output, Stdio};

use percent_encoding::percent_decode_str;
use tokio::process::Command;

use crate::Failure;

/// What a dump tells before it is put back.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The migrations that it has.
    pub(super) migrations: Vec<String>,
    /// The check value of the key.
    pub(super) key_check: Option<String>,
}

/// Writes a dump into an empty file, and looks whether it can be read.
pub(super) async fn dump(url: &str, file: &Path) -> Result<(), Failure> {
    let mut dumps = program("pg_dump", url);
    dumps
        .args(["--format=custom", "--no-owner", "--no-privileges", "--file"])
        .arg(file);
    run(dumps, "pg_dump", "cannot dump the database").await?;
    let mut lists = Command::new("pg_restore");
    lists.arg("--list").arg(file);
    let listed = run(lists, "pg_restore", "cannot read the dump").await?;
    let listed = String::from_utf8_lossy(&listed.stdout);
    for table in ["migration", "event", "dossier", "personal"] {
        let is_there =
            |line: &str| line.contains(" TABLE DATA ") && line.contains(&format!(" {table}"));
        if !listed.lines().any(is_there) {
            return Err(Failure::Work {
                message: format!(
                    "the dump has no table {table}, so it was not kept: the database is not one of motcua, \
                     or `motcua migrate` has not run"
                ),
                source: None,
            });
        }
    }
    Ok(())
}

/// What a dump says of its schema and its key.
pub(super) async fn tells(file: &Path) -> Result<Told, Failure> {
    let mut prints = Command::new("pg_restore");
    prints
        .args([
            "--data-only",
            "--table=migration",
            "--table=installation",
            "--file=-",
        ])
        .arg(file);
    let what = format!("{} is no dump that pg_restore can read", file.display());
    let printed = run(prints, "pg_restore", &what).await?;
    Ok(read(&String::from_utf8_lossy(&printed.stdout)))
}

/// Reads the rows that `COPY` prints.
fn read(printed: &str) -> Told {
    let mut told = Told::default();
    let mut table: Option<(String, usize)> = None;
    for line in printed.lines() {
        if let Some(copy) = line.strip_prefix("COPY ") {
            let name = copy.split([' ', '(']).next().unwrap_or_default();
            let name = name.rsplit('.').next().unwrap_or_default().to_owned();
            let wanted = if name == "migration" {
                "version"
            } else {
                "key_check"
            };
            let columns = copy.split(['(', ')']).nth(1).unwrap_or_default();
            let at = columns
                .split(',')
                .position(|column| column.trim() == wanted);
            table = at.map(|at| (name, at));
        } else if line == "\\." {
            table = None;
        } else if let Some((name, at)) = &table
            && let Some(value) = line.split('\t').nth(*at)
        {
            if name == "migration" {
                told.migrations.push(value.to_owned());
            } else {
                told.key_check = Some(value.to_owned());
            }
        }
    }
    told.migrations.sort();
    told
}

/// Puts a dump into an empty database, all of it or nothing.
pub(super) async fn put_back(url: &str, file: &Path) -> Result<(), Failure> {
    let mut restores = program("pg_restore", url);
    restores
        .args([
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
        ])
        .arg(file);
    run(restores, "pg_restore", "cannot put the dump back")
        .await
        .map(drop)
}

/// A program of PostgreSQL that connects to a database. The password goes by the environment, for
/// everybody on the machine can read the words of a command.
fn program(name: &str, url: &str) -> Command {
    let (address, password) = without_password(url);
    let mut command = Command::new(name);
    command.arg("--no-password").arg("--dbname").arg(address);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// An address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let mut password = None;
    let mut decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8_lossy();
        password = Some(text.into_owned());
    };
    let (rest, settings) = match rest.split_once('?') {
        Some((rest, settings)) => (rest, Some(settings)),
        None => (rest, None),
    };
    let rest = match rest.rsplit_once('@') {
        Some((user, place)) => match user.split_once(':') {
            Some((name, secret)) => {
                decoded(secret);
                format!("{name}@{place}")
            }
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let settings: Vec<&str> = settings
        .into_iter()
        .flat_map(|settings| settings.split('&'))
        .filter(|setting| match setting.split_once('=') {
            Some((name, secret)) if name.eq_ignore_ascii_case("password") => {
                decoded(secret);
                false
            }
            Some(_) | None => true,
        })
        .collect();
    let mut address = format!("{scheme}://{rest}");
    if !settings.is_empty() {
        address.push('?');
        address.push_str(&settings.join("&"));
    }
    (address, password)
}

async fn run(mut command: Command, name: &str, what: &str) -> Result<Output, Failure> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            return Failure::Input(format!(
                "{name} is not there: install PostgreSQL's client programs (Debian: postgresql-client), or \
                 back the server up with pgBackRest or Barman, which docs/operating.md describes"
            ));
        }
        Failure::work(what, error)
    })?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().to_owned();
    Err(Failure::work(
        what,
        Said(if said.is_empty() {
            format!("{name} ended with {}", output.status)
        } else {
            said
        }),
    ))
}

/// What a program said when it failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_become_a_word_of_a_command() {
        let read = |url| without_password(url);
        assert_eq!(
            read("postgres://an:s%40cret@db:5432/motcua?sslmode=disable"),
            (
                "postgres://an@db:5432/motcua?sslmode=disable".to_owned(),
                Some("s@cret".to_owned())
            )
        );
        assert_eq!(
            read("postgres:///motcua?host=/run/postgresql&password=x"),
            (
                "postgres:///motcua?host=/run/postgresql".to_owned(),
                Some("x".to_owned())
            )
        );
        assert_eq!(
            read("postgres://an@db/motcua"),
            ("postgres://an@db/motcua".to_owned(), None)
        );
    }

    #[test]
    fn a_dump_tells_its_migrations_and_its_key() {
        let printed = "SET x;\nCOPY public.migration (version, applied_at) FROM stdin;\nm2\t7\nm1\t7\n\\.\n\n\
                       COPY public.installation (one, key_check) FROM stdin;\n1\tabc\n\\.\n";
        let told = read(printed);
        assert_eq!(told.migrations, ["m1", "m2"]);
        assert_eq!(told.key_check.as_deref(), Some("abc"));
    }
}
