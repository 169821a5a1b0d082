//! The address of a database, and the same without its password.

use std::path::PathBuf;
use std::str::FromStr;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use crate::open::error::OpenError;

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A server.
    Postgres,
}

impl Address {
    /// Reads `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        let refused = || OpenError::NotADatabase { url: shown(url) };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            PgConnectOptions::from_str(url).map_err(|_| refused())?;
            return Ok(Address::Postgres);
        }
        // Each connection to a database in memory would open another database.
        if url.contains(":memory:") || url.contains("mode=memory") || !url.starts_with("sqlite:") {
            return Err(refused());
        }
        let options = SqliteConnectOptions::from_str(url).map_err(|_| refused())?;
        let file = options.get_filename().to_owned();
        if file.as_os_str().is_empty() {
            return Err(refused());
        }
        Ok(Address::Sqlite(file))
    }
}

/// Fails unless this is the address of a database: `sqlite:FILE` or `postgres://…`. Opens
/// nothing.
pub fn check_address(url: &str) -> Result<(), OpenError> {
    Address::parse(url).map(drop)
}

/// An address for printing, with `****` for a password.
///
/// If the address cannot be read, this hides too much rather than too little.
#[must_use]
pub fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    // The last @, because a password may contain one that should have been escaped.
    let rest = match rest.rsplit_once('@') {
        Some((user, place)) => match user.split_once(':') {
            Some((name, _password)) => format!("{name}:{HIDDEN}@{place}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let rest = match rest.split_once('?') {
        Some((place, settings)) => {
            let settings: Vec<String> = settings.split('&').map(shown_setting).collect();
            format!("{place}?{}", settings.join("&"))
        }
        None => rest,
    };
    format!("{scheme}://{rest}")
}

fn shown_setting(setting: &str) -> String {
    match setting.split_once('=') {
        Some((name, _password)) if name.eq_ignore_ascii_case("password") => {
            format!("{name}={HIDDEN}")
        }
        Some(_) | None => setting.to_owned(),
    }
}

const HIDDEN: &str = "****";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_it_stands() {
        for (url, expected) in [
            ("sqlite:motcua.db", "sqlite:motcua.db"),
            ("postgres://db/motcua", "postgres://db/motcua"),
            ("postgres://an@db/motcua", "postgres://an@db/motcua"),
            (
                "postgres://an:s3cret@db:5432/motcua",
                "postgres://an:****@db:5432/motcua",
            ),
            (
                "postgres://an:s3/c@ret@db/motcua",
                "postgres://an:****@db/motcua",
            ),
            ("postgres://an:s3cret@", "postgres://an:****@"),
            (
                "postgres://an@db/x?sslmode=prefer&password=s3cret",
                "postgres://an@db/x?sslmode=prefer&password=****",
            ),
            ("mysql://an:s3cret@db/x", "mysql://an:****@db/x"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_refused_without_its_password() {
        for url in ["postgres://an:s3cret@db:port/x", "mysql://an:s3cret@db/x"] {
            let message = check_address(url).unwrap_err().to_string();
            assert!(message.contains("an:****@db"), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }
}
