//! Citizens are told when the status of a dossier changes: who agreed, once, and not at night.

use std::sync::{Arc, Mutex};

use app::accounts::Accounts;
use app::ports::AccountStore;
use app::view::View;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use domain::dossier::Command;
use domain::dossier::acts::receive::Accept;
use domain::dossier::private::Words;
use domain::language::Language;
use domain::notice::NoticeChannel;
use domain::role::Role;
use portal::notices::{NoticeSettings, NoticeWords, Notifier};
use portal::outbound::{Process, Worker};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::backend::Backend;
use crate::calling::{Json, fresh_id};
use crate::pages::browser::{Browser, account, router};
use crate::world::{OTHER_WARD, PROVINCE, THREE_DAYS, WARD, World, catalogue, who};

const SECRET: [u8; 32] = [7; 32];

fn secret() -> String {
    format!("whsec_{}", BASE64_STANDARD.encode(SECRET))
}

/// What a gateway does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Takes,
    IsBusy,
    /// It takes the message, and its answer is lost.
    Loses,
}

/// A gateway to telephones.
#[derive(Clone)]
struct Gateway {
    address: String,
    took: Arc<Mutex<Vec<Value>>>,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<u32>>,
}

impl Gateway {
    async fn listening() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Self {
            address: format!("http://{}/send", listener.local_addr().unwrap()),
            took: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Takes)),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/send", post(take))
            .with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        gateway
    }

    fn took(&self) -> Vec<Value> {
        self.took.lock().unwrap().clone()
    }

    async fn has_told(&self, words: &str) -> Vec<Value> {
        let told = |one: &Value| one["text"].as_str().unwrap().contains(words);
        crate::port::soon(words, async {
            while !self.took().iter().any(told) {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await;
        self.took()
    }

    async fn has(&self, count: usize) -> Vec<Value> {
        crate::port::soon("the notices", async {
            while self.took().len() < count {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await;
        self.took()
    }
}

async fn take(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: String,
) -> impl IntoResponse {
    *gateway.asked.lock().unwrap() += 1;
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let seconds = text("webhook-timestamp").parse().unwrap();
    let signature = text("webhook-signature");
    let (id, signed) = (text("webhook-id"), body.as_bytes());
    assert!(portal::webhook::verify(
        &SECRET, &id, seconds, signed, &signature
    ));
    let mood = *gateway.mood.lock().unwrap();
    if mood == Mood::IsBusy {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    let event: Value = serde_json::from_str(&body).unwrap();
    gateway.took.lock().unwrap().push(event["data"].clone());
    if mood == Mood::Loses {
        return StatusCode::BAD_GATEWAY;
    }
    StatusCode::ACCEPTED
}

/// Whoever tells citizens, in this process.
struct Telling {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Telling {
    async fn begin(world: &World, settings: &str, secret: &str) -> Self {
        let settings: NoticeSettings = toml::from_str(settings).unwrap();
        let store = Arc::clone(&world.store) as Arc<dyn AccountStore>;
        let accounts = Accounts::new(store, Arc::clone(&world.engine));
        let name = format!("notice.{}", settings.name);
        let notifier = Notifier::new(Arc::clone(&world.engine), accounts, settings, secret);
        let notifier = notifier.unwrap();
        let terms = notifier.terms();
        let process = Process {
            name: "one".to_owned(),
            alone: true,
        };
        let (stop, stopped) = watch::channel(false);
        let worker = Worker::on(
            Arc::clone(&world.engine),
            Arc::new(notifier),
            terms,
            process,
        );
        let running = tokio::spawn(worker.run(stopped));
        // It tells what happens after it has begun.
        let admin = who(Role::Admin, PROVINCE);
        crate::port::soon("its place in the feed", async {
            loop {
                let status = world.engine.portal_status(&admin).await.unwrap();
                let mut own = status.iter().filter(|status| status.remote.name == name);
                if own
                    .next()
                    .is_some_and(|status| !status.remote.cursor.is_empty())
                {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await;
        Self { stop, running }
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        self.running.await.unwrap();
    }
}

fn by_sms(gateway: &Gateway) -> String {
    format!(
        "name = \"sms\"\nprovince = \"08\"\nchannel = \"sms\"\naddress = \"{}\"\nfirst_pause_ms = 20\n\
         timeout_seconds = 5\n",
        gateway.address
    )
}

/// A dossier that a portal hands in, whose citizen agrees to short messages.
async fn submitted(world: &World, code: &str, agrees: bool) -> View {
    let view = world.submit(WARD, THREE_DAYS, code).await;
    if agrees {
        let portal = who(Role::Portal, PROVINCE);
        let (id, phone) = (view.dossier.id, "0900000123");
        let vi = Language::Vietnamese;
        let agreed = world
            .engine
            .agree_to_notices(&portal, id, NoticeChannel::Sms, phone, vi);
        agreed.await.unwrap();
    }
    view
}

/// The desk accepts a submitted dossier.
async fn accepted(world: &World, view: &View) -> View {
    let command = Command::Receive(Accept {
        components: Vec::new(),
        papers: Vec::new(),
        accept_incomplete: Words::new(""),
    });
    let clerk = who(Role::Receptionist, WARD);
    let name = app::view::DossierName::Id(view.dossier.id);
    let read = world.engine.dossier(&clerk, &name).await.unwrap();
    world.act(&read, Role::Receptionist, command).await.unwrap()
}

on_both!(who_agreed_is_told_once_with_what_the_law_asks_for_and_nobody_else);

async fn who_agreed_is_told_once_with_what_the_law_asks_for_and_nobody_else(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let gateway = Gateway::listening().await;
    let silent = submitted(&world, "G22.98-260803-000001", false).await;
    let view = submitted(&world, "G22.98-260803-000002", true).await;
    let telling = Telling::begin(&world, &by_sms(&gateway), &secret()).await;
    accepted(&world, &silent).await;
    let received = accepted(&world, &view).await;
    world.finish(received).await;
    let told = gateway.has_told("đã trả kết quả").await;
    telling.stop().await;
    let texts: Vec<&str> = told
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    assert!(
        told.iter()
            .all(|one| one["to"] == "0900000123" && one["channel"] == "sms")
    );
    assert!(
        texts
            .iter()
            .all(|text| text.contains("G22.98-260803-000002")),
        "{texts:?}"
    );
    let reception = texts
        .iter()
        .find(|text| text.contains("đã tiếp nhận"))
        .unwrap();
    for part in [
        "Phường Minh Xuân",
        "Người tiếp nhận: receptionist-H60.02215",
        "Thời điểm tiếp nhận: 10:00 03/08/2026",
        "Hẹn trả kết quả: ",
    ] {
        assert!(reception.contains(part), "{part}: {reception}");
    }
    assert!(
        texts.last().unwrap().contains("Thời điểm trả kết quả: "),
        "{texts:?}"
    );
    let mut kinds: Vec<&str> = texts.clone();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), texts.len(), "no event twice");
    assert!(texts.iter().all(|text| !text.contains('{')), "{texts:?}");
}

on_both!(a_notice_whose_answer_is_lost_is_not_sent_again_and_one_that_was_refused_is);

async fn a_notice_whose_answer_is_lost_is_not_sent_again_and_one_that_was_refused_is(on: Backend) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let gateway = Gateway::listening().await;
    *gateway.mood.lock().unwrap() = Mood::IsBusy;
    let view = submitted(&world, "G22.98-260803-000002", true).await;
    let telling = Telling::begin(&world, &by_sms(&gateway), &secret()).await;
    let received = accepted(&world, &view).await;
    crate::port::soon("a refusal", async {
        while *gateway.asked.lock().unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    assert!(gateway.took().is_empty());
    *gateway.mood.lock().unwrap() = Mood::Loses;
    crate::port::soon("the next try", async {
        while gateway.took().is_empty() {
            world.pass(TimeDelta::seconds(1));
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    *gateway.mood.lock().unwrap() = Mood::Takes;
    let further = world.advance(&received, Role::Receptionist).await;
    let told = gateway.has(2).await;
    telling.stop().await;
    // Another process that begins again finds the claims.
    let telling = Telling::begin(&world, &by_sms(&gateway), &secret()).await;
    let step = further.dossier.state.step().unwrap();
    let role = further.procedure.step(step).unwrap().role;
    world.advance(&further, role).await;
    gateway.has(3).await;
    telling.stop().await;
    assert_eq!(gateway.took().len(), 3);
    let first = |text: &Value| text["text"].as_str().unwrap().contains("đã tiếp nhận");
    assert_eq!(told.iter().filter(|one| first(one)).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_night_nobody_is_told_and_in_the_morning_who_agreed_is() {
    let world = World::at("2026-08-03 22:30").await;
    let gateway = Gateway::listening().await;
    let view = submitted(&world, "G22.98-260803-000002", true).await;
    let telling = Telling::begin(&world, &by_sms(&gateway), &secret()).await;
    accepted(&world, &view).await;
    let admin = who(Role::Admin, PROVINCE);
    let waits = async || {
        let status = world.engine.portal_status(&admin).await.unwrap();
        let parcels = world.engine.portal_parcels(
            &admin,
            app::portal::ParcelQuery {
                remote: status[0].remote.name.clone(),
                dossier: None,
                parked: false,
                page: app::page::PageQuery {
                    size: 10,
                    token: String::new(),
                },
            },
        );
        let parcels = parcels.await.unwrap();
        parcels
            .items
            .first()
            .map(|(parcel, _)| parcel.reason.clone())
    };
    crate::port::soon("the wait for the morning", async {
        while waits().await.as_deref() != Some("NOT_YET") {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    assert!(gateway.took().is_empty());
    world.set("2026-08-04 07:00");
    gateway.has(1).await;
    telling.stop().await;
}

/// A mail server that takes one message.
async fn a_mail_server(listener: TcpListener) -> String {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write
            .write_all(b"220 mail.example ESMTP\r\n")
            .await
            .unwrap();
        let mut message: Option<Vec<String>> = None;
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(taken) = &mut message {
                if line == "." {
                    write.write_all(b"250 taken\r\n").await.unwrap();
                    return taken.join("\n");
                }
                taken.push(line);
                continue;
            }
            let word = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
            let answer: &[u8] = match word.as_str() {
                "EHLO" => b"250 mail.example\r\n",
                "DATA" => {
                    message = Some(Vec::new());
                    b"354 go on\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 good\r\n",
            };
            if write.write_all(answer).await.is_err() {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_is_handed_the_notice_as_a_letter() {
    let world = World::at("2026-08-03 10:00").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(a_mail_server(listener));
    let settings = format!(
        "name = \"thu\"\nprovince = \"08\"\nchannel = \"email\"\naddress = \"smtp://{address}\"\n\
         from = \"Một cửa <motcua@example.gov.vn>\"\nfirst_pause_ms = 20\n"
    );
    let view = world.submit(WARD, THREE_DAYS, "G22.98-260803-000002").await;
    let (portal, to) = (who(Role::Portal, PROVINCE), "mau@example.org");
    let agreed = world.engine.agree_to_notices(
        &portal,
        view.dossier.id,
        NoticeChannel::Email,
        to,
        Language::English,
    );
    agreed.await.unwrap();
    let telling = Telling::begin(&world, &settings, "").await;
    accepted(&world, &view).await;
    let letter = crate::port::soon("the letter", server).await.unwrap();
    telling.stop().await;
    assert!(letter.contains("To: mau@example.org"), "{letter}");
    assert!(
        letter.contains("Subject: Notice about dossier G22.98-260803-000002"),
        "{letter}"
    );
    assert!(letter.contains("Message-ID: <"), "{letter}");
}

#[test]
fn the_words_of_the_catalogue_can_be_read_and_wrong_ones_are_refused_by_line() {
    let catalogue = catalogue();
    NoticeWords::of(&catalogue).unwrap();
    let with = |text: &str| {
        let file = domain::catalogue::SourceFile {
            path: "notices/notices.toml".to_owned(),
            text: text.to_owned(),
        };
        NoticeWords::of(&catalogue.with(&[file]).unwrap())
    };
    let wrong = with("\n[[notice]]\nkind = \"recieved\"\nvi = \"a\"\nen = \"b\"\n");
    let fault = wrong.unwrap_err();
    assert_eq!(
        (fault.line, fault.reason.as_str()),
        (3, "`recieved` is no kind of event")
    );
    let wrong = with("[[notice]]\nkind = \"received\"\nvi = \"{ma}\"\nen = \"b\"\n");
    assert!(wrong.unwrap_err().reason.contains("`{ma}`"));
}

on_both!(an_address_goes_with_the_other_values_of_a_person_and_none_comes_after);

async fn an_address_goes_with_the_other_values_of_a_person_and_none_comes_after(on: Backend) {
    use sea_orm::ConnectionTrait;
    let world = World::on(on, "2026-08-03 10:00").await;
    let (erased, kept) = (
        world.receive(WARD, THREE_DAYS).await.dossier.id,
        world.receive(WARD, THREE_DAYS).await.dossier.id,
    );
    let admin = who(Role::Admin, PROVINCE);
    let agrees = async |id| {
        let agreed = (world.engine).agree_to_notices(
            &admin,
            id,
            NoticeChannel::Sms,
            "0900000123",
            Language::Vietnamese,
        );
        agreed.await.unwrap();
    };
    agrees(erased).await;
    agrees(kept).await;
    let address = async |id| {
        let found = world.engine.agreement(&admin.province, id, "sms").await;
        found.unwrap().map(|agreed| agreed.address)
    };
    assert!(address(erased).await.is_some());
    let erase = format!("UPDATE secret SET salt = NULL, person = NULL WHERE dossier = '{erased}'");
    let db = sea_orm::Database::connect(&world.url).await.unwrap();
    db.execute_unprepared(&erase).await.unwrap();
    assert_eq!(address(erased).await, None);
    agrees(erased).await;
    assert_eq!(address(erased).await, None);
    assert!(address(kept).await.is_some(), "nobody else's goes");
}

on_both!(a_desk_or_a_portal_notes_over_the_wire_or_on_the_page_who_agrees_and_who_no_more);

async fn a_desk_or_a_portal_notes_over_the_wire_or_on_the_page_who_agrees_and_who_no_more(
    on: Backend,
) {
    let world = World::on(on, "2026-08-03 10:00").await;
    let gateway = Gateway::listening().await;
    let view = world.receive(WARD, THREE_DAYS).await;
    let code = view.dossier.label();
    let json = Json::over(&world);
    let desk = world.token(Role::Receptionist, WARD).await;
    let told = async |token: &str, channel: &str, address: &str| {
        let asked = serde_json::json!({
            "name": code, "request_id": fresh_id(), "channel": channel, "address": address,
        });
        json.call(token, "SetNoticeAgreement", &asked).await
    };
    let wrong = told(&desk, "NOTICE_CHANNEL_EMAIL", "0912 345 678").await;
    assert_eq!(wrong.wrong()[0].0, "address");
    let agreed = told(&desk, "NOTICE_CHANNEL_SMS", "0912 345 678")
        .await
        .good();
    assert_eq!(agreed["agreements"][0]["address"], "0912 345 678");
    // A portal notes it too, and sees no address.
    let portal = world.token(Role::Portal, PROVINCE).await;
    let seen = told(&portal, "NOTICE_CHANNEL_ZALO", "0912345678")
        .await
        .good();
    assert_eq!(seen["agreements"].as_array().unwrap().len(), 2);
    assert_eq!(seen["agreements"][0]["address"], "", "{seen}");
    let stranger = world.token(Role::Receptionist, OTHER_WARD).await;
    assert_eq!(told(&stranger, "NOTICE_CHANNEL_SMS", "").await.http, 404);

    // What the desk noted is what the citizen is told by; on the page it is ended.
    let telling = Telling::begin(&world, &by_sms(&gateway), &secret()).await;
    world.finish(view).await;
    let letters = gateway.has_told("đã trả kết quả").await;
    telling.stop().await;
    assert!(letters.iter().all(|letter| letter["to"] == "0912 345 678"));
    account(
        &world,
        "trang.lt",
        "Lương Thu Trang",
        Role::Receptionist,
        WARD,
    )
    .await;
    let router = router(&world, web::Settings::default());
    let mut browser = Browser::at(&router);
    browser.sign_in("trang.lt").await;
    let page = browser.get(&format!("/dossiers/{code}")).await;
    assert!(page.says("0912 345 678"), "{}", page.text());
    let csrf = page.field("csrf");
    let path = format!("/dossiers/{code}/notices");
    let typed = [
        ("csrf", csrf.as_str()),
        ("channel", "email"),
        ("address", "mau"),
    ];
    let refused = browser.post(&path, &typed).await;
    let refused = browser.get(refused.location()).await;
    assert!(refused.says("Địa chỉ không đúng"), "{}", refused.text());
    let end = [("csrf", csrf.as_str()), ("channel", "sms"), ("end", "")];
    let ended = browser.post(&path, &end).await;
    let page = browser.get(ended.location()).await;
    assert!(!page.says("0912 345 678"), "{}", page.text());
    let asked = serde_json::json!({ "name": code });
    let left = json
        .call(&desk, "ListNoticeAgreements", &asked)
        .await
        .good();
    assert_eq!(left["agreements"].as_array().unwrap().len(), 1);
}
