//! Nothing that a caller or the database says goes over the network in clear text.

use std::path::{Path, PathBuf};
use std::process::Command;

use sea_orm::{ConnectionTrait, Database, Statement};
use server::config::Config;
use store::{Options, SeaStore};

use crate::backend::Backend;
use crate::cluster;
use crate::faults::program::{How, Program};
use crate::port::soon;

/// A certificate for localhost that nobody else has signed, and its key.
pub fn issue(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) = (
        folder.join(format!("{name}.crt")),
        folder.join(format!("{name}.key")),
    );
    let issued = Command::new("openssl")
        .args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30".split(' '),
        )
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .arg("-out")
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .expect("openssl is needed");
    assert!(
        issued.status.success(),
        "{}",
        String::from_utf8_lossy(&issued.stderr)
    );
    (certificate, key)
}

/// Asks for health as somebody who trusts one certificate: version of HTTP and status, or why not.
async fn curl(trusted: &Path, address: &str, version: &str) -> Result<String, String> {
    let asked = tokio::process::Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--max-time",
            "10",
            version,
            "--cacert",
        ])
        .arg(trusted)
        .args([
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_version} %{http_code}",
        ])
        .arg(format!("{address}/healthz"))
        .output()
        .await
        .expect("curl is needed");
    if asked.status.success() {
        return Ok(String::from_utf8(asked.stdout).unwrap());
    }
    Err(String::from_utf8(asked.stderr).unwrap())
}

#[tokio::test]
async fn a_port_with_a_certificate_speaks_tls_alone_and_takes_a_renewed_one_while_it_runs() {
    let database = Backend::Sqlite.database().await;
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = issue(folder.path(), "first");
    let (in_use, its_key) = (folder.path().join("tls.crt"), folder.path().join("tls.key"));
    std::fs::copy(&certificate, &in_use).unwrap();
    std::fs::copy(&key, &its_key).unwrap();
    let how = How::default()
        .with("MOTCUA_TLS_CERTIFICATE", in_use.to_str().unwrap())
        .with("MOTCUA_TLS_KEY", its_key.to_str().unwrap());
    let server = Program::serve(&database.url, folder.path(), &how);
    let address = server.address.clone();
    assert!(address.starts_with("https://"), "{address}");
    assert_eq!(
        curl(&certificate, &address, "--http2").await.unwrap(),
        "2 200"
    );
    assert_eq!(
        curl(&certificate, &address, "--http1.1").await.unwrap(),
        "1.1 200"
    );
    let clear = address.replace("https://", "http://");
    assert!(
        curl(&certificate, &clear, "--http1.1").await.is_err(),
        "clear text is not answered"
    );

    let (renewed, renewed_key) = issue(folder.path(), "second");
    assert!(
        curl(&renewed, &address, "--http2").await.is_err(),
        "not yet"
    );
    std::fs::copy(&renewed, &in_use).unwrap();
    std::fs::copy(&renewed_key, &its_key).unwrap();
    soon("the renewed certificate", async {
        while curl(&renewed, &address, "--http2").await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    })
    .await;
    server.kill();
}

#[test]
fn half_a_pair_a_foreign_key_and_clear_text_to_others_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, _) = issue(folder.path(), "one");
    let (_, key) = issue(folder.path(), "other");
    let refused = |config: &Config| config.certificate().unwrap_err().to_string();
    let open = Config {
        listen: "0.0.0.0:7080".parse().unwrap(),
        ..Config::default()
    };
    assert!(
        Config::default().certificate().unwrap().is_none(),
        "a loopback may be plain"
    );
    let said = refused(&open);
    assert!(
        said.contains("tokens would go there in clear text"),
        "{said}"
    );
    let behind = Config {
        plain: true,
        ..open.clone()
    };
    assert!(behind.certificate().unwrap().is_none());
    let half = Config {
        tls_certificate: Some(certificate.clone()),
        ..open.clone()
    };
    assert!(
        refused(&half).starts_with("tls_key: is missing"),
        "{}",
        refused(&half)
    );
    let foreign = Config {
        tls_key: Some(key),
        ..half.clone()
    };
    let said = refused(&foreign);
    assert!(said.contains("is not the certificate of the key"), "{said}");
    let swapped = Config {
        tls_key: Some(certificate),
        ..half
    };
    let said = refused(&swapped);
    assert!(said.contains("expected a private key in PEM"), "{said}");
    let absent = Config {
        tls_certificate: Some(folder.path().join("none.crt")),
        ..swapped
    };
    let said = refused(&absent);
    assert!(said.contains("none.crt"), "{said}");
}

#[tokio::test]
async fn a_database_that_offers_tls_is_spoken_to_in_tls_under_its_own_name() {
    if cluster::is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = issue(folder.path(), "database");
    let opened = Command::new("sh")
        .arg("-c")
        .arg("chmod 755 \"$1\" && chmod 600 \"$2\" && if [ \"$(id -u)\" = 0 ]; then chown postgres \"$2\"; fi")
        .arg("sh")
        .arg(folder.path())
        .arg(&key)
        .status();
    assert!(opened.unwrap().success());
    let server = cluster::a_server_of_its_own();
    let admin = server.connect("postgres").await;
    for set in [
        "CREATE DATABASE over_tls".to_owned(),
        format!(
            "ALTER SYSTEM SET ssl_cert_file = '{}'",
            certificate.display()
        ),
        format!("ALTER SYSTEM SET ssl_key_file = '{}'", key.display()),
        "ALTER SYSTEM SET ssl = on".to_owned(),
    ] {
        admin.execute_unprepared(&set).await.unwrap();
    }
    admin.close().await.unwrap();
    server.stop(cluster::Stop::Fast);
    server.start();
    let url = server.url("over_tls");
    let more = if url.contains('?') { '&' } else { '?' };
    let root = certificate.display();
    let strict = format!("{url}{more}sslmode=verify-full&sslrootcert={root}");
    store::migrate(&strict, false).await.unwrap();
    let db = Database::connect(&strict).await.unwrap();
    let asks = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let statement = Statement::from_string(db.get_database_backend(), asks);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    assert!(row.try_get_by_index::<bool>(0).unwrap());
    db.close().await.unwrap();
    let (foreign, _) = issue(folder.path(), "foreign");
    let wrong = format!(
        "{url}{more}sslmode=verify-full&sslrootcert={}",
        foreign.display()
    );
    assert!(SeaStore::open(&wrong, Options::default()).await.is_err());
}
