//! The line between a browser and the server, which can be cut.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A line that carries bytes both ways until it is cut.
pub struct Cable {
    /// Where the browser's end is.
    pub address: SocketAddr,
    cut: watch::Sender<bool>,
}

impl Cable {
    /// Lays a line to a server.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, is_cut) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut is_cut = is_cut.clone();
                if *is_cut.borrow() {
                    continue;
                }
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(server).await?;
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = is_cut.wait_for(|cut| *cut) => {}
                    }
                    Ok::<_, std::io::Error>(())
                });
            }
        });
        Self { address, cut }
    }

    /// Ends every connection, and lets none through until it is mended.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Lets new connections through.
    pub fn mend(&self) {
        self.cut.send_replace(false);
    }
}
