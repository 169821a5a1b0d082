//! Configuration: defaults, then a file, then the environment, then flags.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use motcua_http::Certificate;
use portal::RemoteSettings;
use portal::notices::NoticeSettings;
use portal::reading::ReaderSettings;
use serde::Deserialize;

use crate::Failure;

/// The server's configuration. `docs/config.example.toml` describes every key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where dossiers are kept.
    pub database: String,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The certificate of the port with its chain, in PEM; none means clear text.
    pub tls_certificate: Option<PathBuf>,
    /// Its key.
    pub tls_key: Option<PathBuf>,
    /// Whether clear text may leave this machine, because a proxy in front ends TLS.
    pub plain: bool,
    /// The file that holds the installation's secret.
    pub secret_file: PathBuf,
    /// A folder with a catalogue; none means the shipped one.
    pub catalogue: Option<PathBuf>,
    /// Whether gRPC reflection is served.
    pub reflection: bool,
    /// How many writes may wait before further callers must retry.
    pub queue: usize,
    /// How many connections read at the same time.
    pub readers: u32,
    /// The on-time rate that units are to reach, in per cent.
    pub on_time_target: u8,
    /// How long calls may go on after a request to stop.
    pub shutdown_seconds: u64,
    /// How many calls may be in flight; more are told to come again.
    pub calls: usize,
    /// How many connections may be open.
    pub connections: usize,
    /// How many of them one address may have.
    pub connections_per_address: usize,
    /// How many streams one token may have open.
    pub streams_per_token: usize,
    /// How many look-ups a minute one address may make.
    pub lookups_per_minute: u32,
    /// Sites whose scripts may call from a browser, separated by commas.
    pub cors_origins: String,
    /// Addresses of reverse proxies, separated by commas.
    pub trusted_proxies: String,
    /// Where metrics are shown, apart from callers; none means nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// The folder into which the server takes backups; none means it takes none.
    pub backup_folder: Option<PathBuf>,
    /// The hours between two of them.
    pub backup_every_hours: u32,
    /// How many of the newest stay.
    pub backup_keep: usize,
    /// For how many months it is kept who looked at personal values; 0 for good.
    pub viewings_months: u32,
    /// From how many milliseconds on a call is slow, and is logged.
    pub slow_call_ms: u64,
    /// What is logged, as in `info,sqlx=warn`.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// The collector of OpenTelemetry that calls and log lines are sent to; none means nobody.
    pub otlp: Option<String>,
    /// The other systems that are told of dossiers, or hand dossiers in.
    pub remote: Vec<RemoteSettings>,
    /// The channels on which citizens are told.
    pub notice: Vec<NoticeSettings>,
    /// The one-stop products that are read.
    pub reader: Vec<ReaderSettings>,
}

/// When the server takes backups by itself, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// The folder.
    pub folder: PathBuf,
    /// The time between two of them.
    pub every: Duration,
    /// How many of the newest stay.
    pub keep: usize,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: "sqlite:motcua.db".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 7080)),
            tls_certificate: None,
            tls_key: None,
            plain: false,
            secret_file: "motcua.key".into(),
            catalogue: None,
            reflection: true,
            queue: 1_024,
            readers: 4,
            on_time_target: 95,
            shutdown_seconds: 20,
            calls: 4_096,
            connections: 4_096,
            connections_per_address: 512,
            streams_per_token: 16,
            lookups_per_minute: 60,
            cors_origins: String::new(),
            trusted_proxies: String::new(),
            metrics_listen: None,
            backup_folder: None,
            backup_every_hours: 24,
            backup_keep: 14,
            viewings_months: 24,
            slow_call_ms: 1_000,
            log: "info,sqlx=warn,sea_orm=warn".into(),
            log_format: LogFormat::Text,
            otlp: None,
            remote: Vec::new(),
            notice: Vec::new(),
            reader: Vec::new(),
        }
    }
}

/// Environment variables, by the key they override.
const VARIABLES: [(&str, &str); 28] = [
    ("MOTCUA_DATABASE", "database"),
    ("MOTCUA_LISTEN", "listen"),
    ("MOTCUA_TLS_CERTIFICATE", "tls_certificate"),
    ("MOTCUA_TLS_KEY", "tls_key"),
    ("MOTCUA_PLAIN", "plain"),
    ("MOTCUA_SECRET_FILE", "secret_file"),
    ("MOTCUA_CATALOGUE", "catalogue"),
    ("MOTCUA_REFLECTION", "reflection"),
    ("MOTCUA_QUEUE", "queue"),
    ("MOTCUA_READERS", "readers"),
    ("MOTCUA_ON_TIME_TARGET", "on_time_target"),
    ("MOTCUA_SHUTDOWN_SECONDS", "shutdown_seconds"),
    ("MOTCUA_CALLS", "calls"),
    ("MOTCUA_CONNECTIONS", "connections"),
    ("MOTCUA_CONNECTIONS_PER_ADDRESS", "connections_per_address"),
    ("MOTCUA_STREAMS_PER_TOKEN", "streams_per_token"),
    ("MOTCUA_LOOKUPS_PER_MINUTE", "lookups_per_minute"),
    ("MOTCUA_CORS_ORIGINS", "cors_origins"),
    ("MOTCUA_TRUSTED_PROXIES", "trusted_proxies"),
    ("MOTCUA_METRICS_LISTEN", "metrics_listen"),
    ("MOTCUA_BACKUP_FOLDER", "backup_folder"),
    ("MOTCUA_BACKUP_EVERY_HOURS", "backup_every_hours"),
    ("MOTCUA_BACKUP_KEEP", "backup_keep"),
    ("MOTCUA_VIEWINGS_MONTHS", "viewings_months"),
    ("MOTCUA_SLOW_CALL_MS", "slow_call_ms"),
    ("MOTCUA_LOG", "log"),
    ("MOTCUA_LOG_FORMAT", "log_format"),
    ("MOTCUA_OTLP", "otlp"),
];

impl Config {
    /// Reads the configuration: defaults, then the file, then the environment.
    pub fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let mut table = match file {
            None => toml::Table::new(),
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Failure::Input(format!(
                        "cannot read configuration {}: {error}",
                        path.display()
                    ))
                })?;
                // Parsed on its own first, because only the text knows the line of a fault.
                Self::parse(&path.display().to_string(), &text)?;
                text.parse::<toml::Table>()
                    .map_err(|error| Failure::Input(error.to_string()))?
            }
        };
        for (variable, value) in from_environment(std::env::vars_os())? {
            let (key, value) = (key_of(variable), as_typed(&value));
            Self::check_variable(variable, key, &value)?;
            table.insert(key.to_owned(), value);
        }
        let config: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| Failure::Input(plainly(error.message())))?;
        config.checked()
    }

    /// Refuses a value that its key does not accept, and names the variable.
    fn check_variable(variable: &str, key: &str, value: &toml::Value) -> Result<(), Failure> {
        let alone = toml::Table::from_iter([(key.to_owned(), value.clone())]);
        let read: Result<Self, toml::de::Error> = alone.try_into();
        let wrong = |reason: &str| {
            // The address of a database may hold a password.
            let shown = if key == "database" {
                String::new()
            } else {
                format!(" = {value}")
            };
            Failure::Input(format!("{variable}{shown}: {reason}"))
        };
        let config = read.map_err(|error| wrong(&plainly(error.message())))?;
        config
            .checked()
            .map(drop)
            .map_err(|refused| wrong(&refused.to_string()))
    }

    /// Reads the text of a configuration file.
    ///
    /// Errors: the file, the line, and what was expected.
    pub fn parse(file: &str, text: &str) -> Result<Self, Failure> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            });
            Failure::Input(format!("{file}:{line}: {}", plainly(error.message())))
        })?;
        config.checked()
    }

    /// The addresses of `trusted_proxies`.
    pub fn proxies(&self) -> Result<Vec<IpAddr>, Failure> {
        let texts = self.trusted_proxies.split(',').map(str::trim);
        let addresses = texts.filter(|text| !text.is_empty()).map(|text| {
            text.parse::<IpAddr>().map_err(|_not_one| {
                Failure::Input(format!(
                    "trusted_proxies: `{text}` is no address; expected such as 127.0.0.1, ::1"
                ))
            })
        });
        addresses.collect()
    }

    /// The sites of `cors_origins`.
    pub fn origins(&self) -> Result<Vec<String>, Failure> {
        let texts = self.cors_origins.split(',').map(str::trim);
        let origins = texts.filter(|text| !text.is_empty()).map(|text| {
            let site = text
                .strip_prefix("https://")
                .or_else(|| text.strip_prefix("http://"));
            let is_site = |site: &str| {
                let letters = |one: u8| one.is_ascii_alphanumeric() || b".-:[]".contains(&one);
                !site.is_empty() && site.bytes().all(letters)
            };
            if site.is_some_and(is_site) {
                return Ok(text.to_owned());
            }
            Err(Failure::Input(format!(
                "cors_origins: `{text}` is no site; expected such as https://desk.example, without a path"
            )))
        });
        origins.collect()
    }

    /// The certificate of the port, if it has one.
    ///
    /// Errors: half of the pair, files that do not fit, and clear text on an address that other machines
    /// reach, unless the configuration permits it.
    pub fn certificate(&self) -> Result<Option<Arc<Certificate>>, Failure> {
        match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => Certificate::read(certificate, key)
                .map(Some)
                .map_err(|wrong| Failure::Input(format!("tls_certificate, tls_key: {wrong}"))),
            (None, None) if self.plain || self.listen.ip().is_loopback() => Ok(None),
            (None, None) => Err(Failure::Input(format!(
                "listen = \"{}\": other machines reach this address, and tokens would go there in clear text; \
                 set tls_certificate and tls_key, or plain = true behind a proxy that ends TLS",
                self.listen
            ))),
            (Some(_), None) => Err(Failure::Input(
                "tls_key: is missing; a certificate needs the file of its key".into(),
            )),
            (None, Some(_)) => Err(Failure::Input(
                "tls_certificate: is missing; a key needs the file of its certificate".into(),
            )),
        }
    }

    /// When the server takes backups by itself.
    #[must_use]
    pub fn backups(&self) -> Option<BackupPlan> {
        let folder = self.backup_folder.clone()?;
        Some(BackupPlan {
            folder,
            every: Duration::from_secs(u64::from(self.backup_every_hours) * 3_600),
            keep: self.backup_keep,
        })
    }

    fn checked(self) -> Result<Self, Failure> {
        let wrong = |message: &str| Err(Failure::Input(message.to_owned()));
        if self.queue == 0 {
            return wrong("queue = 0: must be at least 1");
        }
        if self.readers == 0 {
            return wrong("readers = 0: must be at least 1");
        }
        for (key, number) in [
            ("calls", self.calls),
            ("connections", self.connections),
            ("connections_per_address", self.connections_per_address),
            ("streams_per_token", self.streams_per_token),
            ("lookups_per_minute", self.lookups_per_minute as usize),
            ("backup_every_hours", self.backup_every_hours as usize),
            ("backup_keep", self.backup_keep),
        ] {
            if number == 0 {
                return wrong(&format!("{key} = 0: must be at least 1"));
            }
        }
        if (1..LEAST_VIEWINGS_MONTHS).contains(&self.viewings_months) {
            return wrong(&format!(
                "viewings_months = {}: must be at least {LEAST_VIEWINGS_MONTHS}, or 0 for good",
                self.viewings_months
            ));
        }
        self.proxies()?;
        self.origins()?;
        if self.metrics_listen == Some(self.listen) && self.listen.port() != 0 {
            return wrong("metrics_listen: must be another address than listen");
        }
        if !(1..=100).contains(&self.on_time_target) {
            return wrong("on_time_target: must be from 1 to 100 per cent");
        }
        if let Some(address) = &self.otlp {
            check_otlp(address)?;
        }
        check_database(&self.database)?;
        for (place, remote) in self.remote.iter().enumerate() {
            remote.check().map_err(Failure::Input)?;
            let same = |other: &RemoteSettings| {
                other.name == remote.name && other.province == remote.province
            };
            if self.remote[..place].iter().any(same) {
                return wrong(&format!("remote {}: the name occurs twice", remote.name));
            }
        }
        for (place, notice) in self.notice.iter().enumerate() {
            notice.check().map_err(Failure::Input)?;
            let same = |other: &NoticeSettings| {
                other.name == notice.name && other.province == notice.province
            };
            if self.notice[..place].iter().any(same) {
                return wrong(&format!("notice {}: the name occurs twice", notice.name));
            }
        }
        for (place, reader) in self.reader.iter().enumerate() {
            reader.check().map_err(Failure::Input)?;
            let same = |other: &ReaderSettings| {
                other.name == reader.name && other.province == reader.province
            };
            if self.reader[..place].iter().any(same) {
                return wrong(&format!("reader {}: the name occurs twice", reader.name));
            }
        }
        Ok(self)
    }
}

/// For how long logs of a system must be there at least: twelve months (Decree 53/2022/NĐ-CP, Art. 27(3), read in
/// no official copy; whether the rules under Law 116/2025/QH15 keep that is unconfirmed).
const LEAST_VIEWINGS_MONTHS: u32 = 12;

/// What was expected, as somebody says it who has not written the program.
fn plainly(message: &str) -> String {
    let address = "an address with its port, such as 127.0.0.1:7080";
    let mut said = message.trim_end().to_owned();
    for (ours, plain) in [
        ("expected socket address", format!("expected {address}")),
        (
            "invalid socket address syntax",
            format!("expected {address}"),
        ),
        ("expected a boolean", "expected true or false".to_owned()),
        ("expected u8", "expected a whole number".to_owned()),
        ("expected u32", "expected a whole number".to_owned()),
        ("expected u64", "expected a whole number".to_owned()),
        ("expected usize", "expected a whole number".to_owned()),
    ] {
        said = said.replace(ours, &plain);
    }
    said
}

/// Variables of the test suite, which starts this program in its own environment.
const OF_TESTS: [&str; 13] = [
    "MOTCUA_CUTS",
    "MOTCUA_DROPPED",
    "MOTCUA_FIRST",
    "MOTCUA_KILLS",
    "MOTCUA_LOGS",
    "MOTCUA_PORTAL_DOSSIERS",
    "MOTCUA_PORTAL_KILLS",
    "MOTCUA_SCHEMATHESIS",
    "MOTCUA_SEQUENCES",
    "MOTCUA_SKIP_POSTGRES",
    "MOTCUA_TESTS_CARELESS",
    "MOTCUA_TESTS_CONFIGURATION",
    "MOTCUA_TESTS_SERVE",
];

/// The configuration in the environment. An unknown variable is an error, like an unknown key of
/// the file.
fn from_environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut found = Vec::new();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with("MOTCUA_")) else {
            continue;
        };
        if OF_TESTS.contains(&name) {
            continue;
        }
        let Some((known, _)) = VARIABLES.iter().find(|(known, _)| *known == name) else {
            let all: Vec<&str> = VARIABLES.iter().map(|(known, _)| *known).collect();
            return Err(Failure::Input(format!(
                "{name}: there is no such variable; expected some of {}",
                all.join(", ")
            )));
        };
        let value = value
            .into_string()
            .map_err(|_other| Failure::Input(format!("{name}: the value is not UTF-8")))?;
        found.push((*known, value));
    }
    Ok(found)
}

fn key_of(variable: &str) -> &'static str {
    VARIABLES
        .iter()
        .find(|(known, _)| *known == variable)
        .map_or("", |(_, key)| *key)
}

/// Refuses a database that this build cannot open. The message hides any password.
pub fn check_database(url: &str) -> Result<(), Failure> {
    store::check_address(url).map_err(|error| Failure::Input(format!("database: {error}")))
}

/// Refuses a collector that this build cannot tell anything.
fn check_otlp(address: &str) -> Result<(), Failure> {
    let host = address
        .strip_prefix("http://")
        .map(|rest| rest.trim_end_matches('/'));
    let is_host = host.is_some_and(|host| {
        !host.is_empty() && !host.contains(|one: char| one.is_whitespace() || "/?#@".contains(one))
    });
    if !is_host {
        return Err(Failure::Input(format!(
            "otlp = \"{address}\": must be the address of a collector of OpenTelemetry for gRPC in clear text, \
             such as http://127.0.0.1:4317"
        )));
    }
    if !cfg!(feature = "otlp") {
        return Err(Failure::Input(
            "otlp: this motcua was built without it; take the key away, or build with \
             `cargo build --release --features otlp`"
                .into(),
        ));
    }
    Ok(())
}

/// A value of the environment as TOML reads it: a number or a truth value if it looks like one,
/// otherwise a text.
fn as_typed(value: &str) -> toml::Value {
    if let Ok(number) = value.parse::<i64>() {
        return toml::Value::Integer(number);
    }
    match value {
        "true" => toml::Value::Boolean(true),
        "false" => toml::Value::Boolean(false),
        text => toml::Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_the_default_and_names_every_key() {
        let example = include_str!("../../../docs/config.example.toml");
        assert_eq!(
            Config::parse("example", example).unwrap(),
            Config::default()
        );
        for (variable, key) in VARIABLES {
            assert!(example.contains(&format!("{key} =")), "{key} is described");
            assert!(example.contains(variable), "{variable} is described");
        }
    }

    #[test]
    fn the_packaged_configuration_is_read_and_differs_only_in_where_things_lie() {
        let packaged = include_str!("../../../packaging/motcua.toml");
        let packaged = Config::parse("motcua.toml", packaged).unwrap();
        assert!(
            packaged.listen.ip().is_loopback(),
            "nobody else reaches it unasked"
        );
        assert!(packaged.backups().is_some());
        let plain = Config {
            database: packaged.database.clone(),
            secret_file: packaged.secret_file.clone(),
            metrics_listen: packaged.metrics_listen,
            backup_folder: packaged.backup_folder.clone(),
            ..Config::default()
        };
        assert_eq!(packaged, plain);
    }

    #[test]
    fn a_file_or_a_server_is_a_database_and_a_refusal_hides_the_password() {
        for url in [
            "sqlite:motcua.db",
            "postgres://motcua:s3cret@db:5432/motcua",
            "postgresql:///motcua?host=/run/postgresql",
        ] {
            check_database(url).unwrap();
        }
        for url in [
            "motcua.db",
            "sqlite:",
            "mysql://an:s3cret@db/x",
            "postgres://an:s3cret@db:x",
        ] {
            let message = check_database(url).unwrap_err().to_string();
            assert!(message.contains("expected sqlite:FILE"), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn a_variable_that_nothing_reads_is_refused_and_those_of_tests_and_others_are_not() {
        let environment = |pairs: &[(&str, &str)]| {
            from_environment(
                pairs
                    .iter()
                    .map(|(name, value)| (name.into(), value.into())),
            )
        };
        let read = environment(&[
            ("HOME", "/root"),
            ("MOTCUA_QUEUE", "9"),
            ("MOTCUA_SKIP_POSTGRES", "1"),
        ]);
        assert_eq!(read.unwrap(), [("MOTCUA_QUEUE", "9".to_owned())]);
        let refused = environment(&[("MOTCUA_QUEU", "9")])
            .unwrap_err()
            .to_string();
        assert!(
            refused.starts_with("MOTCUA_QUEU: there is no such variable; expected some of MOTCUA_"),
            "{refused}"
        );
    }

    #[test]
    fn a_wrong_value_of_the_environment_is_told_by_its_variable() {
        let refused = |variable: &str, value: &str| {
            Config::check_variable(variable, key_of(variable), &as_typed(value))
                .unwrap_err()
                .to_string()
        };
        let message = refused("MOTCUA_QUEUE", "many");
        assert!(
            message.starts_with("MOTCUA_QUEUE = \"many\": invalid type"),
            "{message}"
        );
        let message = refused("MOTCUA_READERS", "0");
        assert!(message.starts_with("MOTCUA_READERS = 0: "), "{message}");
        let message = refused("MOTCUA_DATABASE", "mysql://an:s3cret@db/x");
        assert!(message.starts_with("MOTCUA_DATABASE: "), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }

    #[test]
    fn a_collector_is_named_by_its_address_and_only_where_the_build_can_tell_it() {
        let with = |address: &str| Config::parse("my.toml", &format!("otlp = \"{address}\""));
        for wrong in [
            "127.0.0.1:4317",
            "https://collector:4317",
            "http://",
            "http://a/b",
        ] {
            let refused = with(wrong).unwrap_err().to_string();
            assert!(refused.contains("http://127.0.0.1:4317"), "{refused}");
        }
        let right = with("http://127.0.0.1:4317");
        if cfg!(feature = "otlp") {
            right.unwrap();
        } else {
            let refused = right.unwrap_err().to_string();
            assert!(refused.contains("--features otlp"), "{refused}");
        }
    }

    #[test]
    fn a_wrong_key_is_refused_with_file_line_and_reason() {
        let failure = Config::parse("my.toml", "queue = 9\nlistn = \"x\"\n").unwrap_err();
        let message = failure.to_string();
        assert!(
            message.starts_with("my.toml:2: unknown field `listn`"),
            "{message}"
        );
        let message = Config::parse("my.toml", "\nqueue = \"many\"")
            .unwrap_err()
            .to_string();
        assert!(message.starts_with("my.toml:2: invalid type"), "{message}");
    }
}
