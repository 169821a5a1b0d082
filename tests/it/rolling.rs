//! Three processes on one PostgreSQL server behind haproxy, with the configuration that is shipped. They are
//! replaced one after another while offices write and a reader follows the feed.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use app::ports::Clock;
use app::tokens::{self, Grant};
use chrono::TimeDelta;
use domain::id::ActorId;
use domain::role::Role;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};
use server::clock::{SystemClock, SystemIds};
use store::{Options, SeaStore};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::backend::Backend;
use crate::faults::audit::{Auditor, Whose};
use crate::faults::office::Office;
use crate::faults::program::{How, Program};
use crate::port::soon;
use crate::portal::people::client;
use crate::world::{PROVINCE, unit};

const CONFIGURATION: &str = include_str!("../../packaging/haproxy.cfg");

/// The ports of that configuration: the callers', then the processes'.
const SHIPPED: [u16; 4] = [7080, 7081, 7082, 7083];

/// How many offices work, each on a connection of its own, and how many callers each has.
const OFFICES: u32 = 3;
const CALLERS: u32 = 8;

/// A balancer, killed on drop.
struct Balancer {
    process: Child,
    address: String,
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _nobody_asks = self.process.wait();
    }
}

impl Balancer {
    async fn before(ports: [u16; 4], folder: &Path) -> Self {
        let mut configuration = CONFIGURATION.to_owned();
        for (shipped, port) in SHIPPED.iter().zip(ports) {
            let from = format!("127.0.0.1:{shipped}\n");
            assert!(configuration.contains(&from), "{from}");
            configuration = configuration.replace(&from, &format!("127.0.0.1:{port}\n"));
        }
        let file = folder.join("haproxy.cfg");
        std::fs::write(&file, configuration).unwrap();
        let log = std::fs::File::create(folder.join("haproxy.log")).unwrap();
        let process = Command::new(haproxy().unwrap())
            .arg("-db")
            .arg("-f")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let address = format!("http://127.0.0.1:{}", ports[0]);
        let balancer = Self { process, address };
        soon("an answer through the balancer", async {
            while !is_ready(&balancer.address).await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
        balancer
    }
}

async fn is_ready(address: &str) -> bool {
    let answer = client().get(format!("{address}/readyz")).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Debian keeps it out of PATH.
fn haproxy() -> Option<&'static str> {
    [
        "/usr/sbin/haproxy",
        "/usr/bin/haproxy",
        "/usr/local/sbin/haproxy",
    ]
    .into_iter()
    .find(|path| Path::new(path).exists())
}

fn free_ports() -> [u16; 4] {
    let held: [TcpListener; 4] =
        std::array::from_fn(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.each_ref()
        .map(|listener| listener.local_addr().unwrap().port())
}

fn serve(url: &str, folder: &Path, port: u16) -> Program {
    let how = How::default().with("MOTCUA_LISTEN", format!("127.0.0.1:{port}"));
    Program::serve(url, folder, &how)
}

/// Asks a process to stop, as a service manager does, and waits until it has.
async fn stop(process: &mut Program) {
    let asked = Command::new("kill").arg(process.pid.to_string()).status();
    assert!(asked.unwrap().success());
    soon("the end of a process", async {
        while process.is_there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// Follows the feed by cursor until it is told to stop and has caught up. A call that fails is made again.
fn follow(address: String, token: String, over: watch::Receiver<bool>) -> JoinHandle<Followed> {
    tokio::spawn(async move {
        let client = client();
        let mut followed = Followed::default();
        let mut after = String::new();
        loop {
            let ends = *over.borrow();
            let asked = client
                .post(format!("{address}/motcua.v1.EventService/ListEvents"))
                .bearer_auth(&token)
                .header("content-type", "application/json")
                .body(json!({ "after": after, "limit": 200 }).to_string())
                .send()
                .await;
            let page: Option<Value> = match asked {
                Ok(answer) if answer.status().is_success() => {
                    let text = answer.text().await.ok();
                    text.and_then(|text| serde_json::from_str(&text).ok())
                }
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    assert!(
                        [429, 503, 504].contains(&status),
                        "the feed answers {status}"
                    );
                    None
                }
                Err(_no_answer) => None,
            };
            let Some(page) = page else {
                followed.again += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            for event in page["events"].as_array().unwrap() {
                let place = (
                    event["dossier"].as_str().unwrap().to_owned(),
                    event["event"]["version"].as_u64().unwrap(),
                );
                assert!(followed.seen.insert(place.clone()), "{place:?} came twice");
            }
            after = page["next_cursor"].as_str().unwrap().to_owned();
            if page["done"] == true {
                if ends {
                    return followed;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    })
}

#[derive(Default)]
struct Followed {
    seen: BTreeSet<(String, u64)>,
    /// How many calls had to be made again.
    again: u32,
}

async fn auditor_token(url: &str) -> String {
    let store = SeaStore::open(url, Options::default()).await.unwrap();
    let grant = Grant {
        actor: ActorId::parse("thanh-tra").unwrap(),
        role: Role::Auditor,
        province: domain::id::ProvinceCode::parse("08").unwrap(),
        units: vec![unit(PROVINCE)],
        lasts: TimeDelta::days(1),
    };
    let issued = tokens::issue(&store, &SystemIds, SystemClock.now(), grant);
    let secret = issued.await.unwrap().secret;
    store.close().await.unwrap();
    secret
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_are_replaced_one_by_one_and_no_answer_and_no_event_is_lost() {
    if Backend::Postgres.is_skipped() {
        return;
    }
    if haproxy().is_none() {
        let said = b"\nSKIPPED: haproxy is not here, nothing is proved about rolling restarts\n";
        std::io::stderr().write_all(said).unwrap();
        return;
    }
    let database = Backend::Postgres.database().await;
    let url = database.url.as_str();
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports();
    let mut processes: Vec<Program> = ports[1..]
        .iter()
        .map(|port| serve(url, folder.path(), *port))
        .collect();
    let balancer = Balancer::before(ports, folder.path()).await;
    let (over, until) = watch::channel(false);
    let token = auditor_token(url).await;
    let reader = follow(balancer.address.clone(), token, until);
    let mut offices = Vec::new();
    for number in 0..OFFICES {
        let callers = number * CALLERS..(number + 1) * CALLERS;
        offices.push(Office::open_for(url, callers).await);
    }

    // Twice around, each process is asked to stop under load, and comes back.
    let mut unanswered = 0;
    for turn in 0..2 * processes.len() {
        let at = turn % processes.len();
        unanswered += under_load(&mut offices, &balancer.address, async {
            stop(&mut processes[at]).await;
        })
        .await;
        work_on(&mut offices, &balancer.address).await;
        processes[at] = serve(url, folder.path(), ports[at + 1]);
        work_on(&mut offices, &balancer.address).await;
    }
    let asked_to_stop = unanswered;
    // And once around without being asked.
    for at in 0..processes.len() {
        let killed = processes.remove(at);
        unanswered += under_load(&mut offices, &balancer.address, async {
            killed.kill();
        })
        .await;
        work_on(&mut offices, &balancer.address).await;
        processes.insert(at, serve(url, folder.path(), ports[at + 1]));
    }
    work_on(&mut offices, &balancer.address).await;

    over.send_replace(true);
    let followed = soon("the end of the feed", reader).await.unwrap();
    let mut answers = Vec::new();
    for office in &offices {
        answers.extend(office.ledger.since(0));
    }
    let auditor = Auditor::of(url).await.unwrap();
    let found = auditor.look(Whose::All(&answers)).await.unwrap();
    found.assert_clean("after all the restarts");
    auditor.close().await;
    assert_eq!(
        followed.seen.len() as u64,
        events(url).await,
        "the feed told every event once"
    );
    println!(
        "nine restarts: {} answers, 0 lost; {asked_to_stop} requests without an answer when processes were asked \
         to stop, {} when they were killed; the reader asked again {} times and saw {} events",
        answers.len(),
        unanswered - asked_to_stop,
        followed.again,
        followed.seen.len()
    );
}

/// Lets all offices work while something happens. Returns how many requests got no answer.
async fn under_load(
    offices: &mut [Office],
    address: &str,
    happens: impl Future<Output = ()>,
) -> usize {
    let mut working = Vec::new();
    for office in offices.iter_mut() {
        let goal = office.ledger.count() + u64::from(CALLERS);
        working.push((office.work(address).await, goal));
    }
    for (office, (_, goal)) in offices.iter().zip(&working) {
        office.reach(*goal).await;
    }
    happens.await;
    let mut unanswered = 0;
    for (office, (working, _)) in offices.iter_mut().zip(working) {
        office.gather(working).await;
        unanswered += office.unanswered().len();
    }
    unanswered
}

/// Lets each office have so many more answers; whoever had none repeats their request first.
async fn work_on(offices: &mut [Office], address: &str) {
    for office in offices {
        office.work_for(address, u64::from(CALLERS)).await;
    }
}

async fn events(url: &str) -> u64 {
    let db = Database::connect(url).await.unwrap();
    let ask = Statement::from_string(DbBackend::Postgres, "SELECT count(*) FROM event");
    let row = db.query_one_raw(ask).await.unwrap().unwrap();
    let count: i64 = row.try_get_by_index(0).unwrap();
    db.close().await.unwrap();
    count.try_into().unwrap()
}
