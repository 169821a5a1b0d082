//! Whether a port is free, or held by a motcua.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Finding, Said};

/// How long whoever holds the port has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn listen(name: &'static str, address: SocketAddr) -> Finding {
    match TcpListener::bind(address).await {
        Ok(_free) => Finding::ok(
            name,
            (format!("{address} còn trống"), format!("{address} is free")),
        ),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let asked = tokio::time::timeout(PATIENCE, is_motcua(address)).await;
            if matches!(asked, Ok(Ok(true))) {
                let found = (
                    format!("{address} do một motcua đang chạy giữ"),
                    format!("{address} is held by a running motcua"),
                );
                Finding::ok(name, found)
            } else {
                let found = (
                    format!("{address} do chương trình khác giữ"),
                    format!("{address} is held by another program"),
                );
                let port = address.port();
                let remedy = (
                    format!("dừng nó (`ss -ltnp 'sport = :{port}'` nêu tên), hoặc đặt {name} khác"),
                    format!(
                        "end it (`ss -ltnp 'sport = :{port}'` names it), or set another {name}"
                    ),
                );
                Finding::fail(name, found, remedy)
            }
        }
        Err(error) => {
            let remedy = (
                format!(
                    "đặt {name} là địa chỉ của máy này và cổng mà người dùng của máy chủ được mở"
                ),
                format!(
                    "set {name} to an address of this machine and a port that its user may take"
                ),
            );
            Finding::fail(name, Said::alike(format!("{address}: {error}")), remedy)
        }
    }
}

async fn is_motcua(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let asks = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(asks.as_bytes()).await?;
    let mut said = Vec::new();
    stream.take(4_096).read_to_end(&mut said).await?;
    Ok(String::from_utf8_lossy(&said).contains("\"status\":\"alive\""))
}
