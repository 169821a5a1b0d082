//! A chairman's page, asked for as a browser does.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Failure;

/// A browser with one connection, signed in.
pub struct PageReader {
    host: String,
    cookie: String,
    path: String,
    sender: SendRequest<Full<Bytes>>,
}

impl PageReader {
    /// Signs in with a token, to read a page.
    pub async fn open(address: &str, secret: &str, path: String) -> Result<Self, Failure> {
        let failed = |why: &str| Failure::work("cannot open the pages", std::io::Error::other(why));
        let host = address.split("://").last().unwrap_or(address).to_owned();
        let mut reader = Self {
            sender: connect(&host).await?,
            host,
            cookie: String::new(),
            path,
        };
        // A token is hexadecimal behind its prefix, so a form takes it as it is.
        let form = format!("token={secret}");
        let answer = reader.send(Method::POST, "/signin/token", form).await;
        let answer = answer.map_err(|error| Failure::work("cannot sign in at the pages", error))?;
        let set = answer.headers().get(SET_COOKIE);
        let set = set.and_then(|value| value.to_str().ok());
        let cookie = set.and_then(|value| value.split(';').next());
        reader.cookie = cookie.ok_or_else(|| failed("no session began"))?.to_owned();
        let _read = answer.into_body().collect().await;
        Ok(reader)
    }

    /// Reads the page and returns how many bytes came; none without an answer.
    pub async fn read(&mut self) -> Option<usize> {
        // The server closes a connection that is idle while other questions are asked.
        if self.sender.ready().await.is_err() {
            self.sender = connect(&self.host).await.ok()?;
        }
        let path = self.path.clone();
        let answer = self.send(Method::GET, &path, String::new()).await.ok()?;
        let is_good = answer.status() == StatusCode::OK;
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        is_good.then_some(body.len())
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: String,
    ) -> hyper::Result<Response<hyper::body::Incoming>> {
        self.sender.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(CONNECTION, "keep-alive")
            .header(COOKIE, &self.cookie)
            .header(ACCEPT_ENCODING, "gzip")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(body)))
            .expect("method, path and headers are well formed");
        self.sender.send_request(request).await
    }
}

async fn connect(host: &str) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(host)
        .await
        .map_err(|error| Failure::work("cannot reach the pages", error))?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Failure::work("cannot speak with the pages", error))?;
    tokio::spawn(connection);
    Ok(sender)
}
