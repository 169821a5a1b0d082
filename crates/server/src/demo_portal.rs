//! The simulated portal that runs beside a demo: online dossiers come from it, and it is told of all that
//! happens.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use app::ports::Ids;
use domain::digest::hex;
use domain::id::{ProvinceCode, UnitCode};
use portal::RemoteSettings;
use portal::inbound::Sender;
use portal::simulate::{Citizens, Faults, Simulator};
use tokio::net::TcpListener;

use crate::Failure;
use crate::clock::SystemIds;

/// What the portal is called.
const NAME: &str = "cong-mo-phong";

/// How often somebody hands a dossier in.
const EVERY: Duration = Duration::from_secs(120);

/// What they apply for: the confirmation of a marital status.
const PROCEDURE: &str = "1.004873";

/// A simulated portal that serves.
pub struct DemoPortal {
    simulator: Simulator,
    /// How the demo knows it.
    pub settings: RemoteSettings,
    /// How it signs what it hands in.
    pub sender: Sender,
}

impl DemoPortal {
    /// Opens it on a free port of this machine.
    pub async fn open(province: &ProvinceCode) -> Result<Self, Failure> {
        let cannot = |error| Failure::work("cannot open the simulated portal", error);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let simulator = Simulator::new(Faults::default(), 1);
        let serving = simulator.clone();
        tokio::spawn(async move { serving.serve(listener, std::future::pending()).await });
        let settings = format!(
            "name = \"{NAME}\"\nprovince = \"{province}\"\naddress = \"http://{address}\"\n\
             organisation = \"H60\"\nusername = \"demo\"\nfrom_now = true\n"
        );
        let mut settings: RemoteSettings = toml::from_str(&settings)
            .map_err(|wrong| Failure::work("cannot connect the simulated portal", wrong))?;
        settings.made_up_password = hex(&SystemIds.random());
        let key = hex(&SystemIds.random()).into_bytes();
        Ok(Self {
            simulator,
            settings,
            sender: Sender {
                name: NAME.to_owned(),
                province: province.clone(),
                key,
            },
        })
    }

    /// Lets citizens hand dossiers in for a unit, where the demo listens.
    pub fn begin(self, engine: Arc<Engine>, at: SocketAddr, unit: &UnitCode) {
        let citizens = Citizens {
            address: format!("http://{at}"),
            portal: NAME.to_owned(),
            key: self.sender.key,
            unit: unit.to_string(),
            procedure: PROCEDURE.to_owned(),
        };
        tracing::info!(
            ledger = format!("{}/ledger", self.settings.address),
            "a simulated portal is told of what happens"
        );
        tokio::spawn(citizens.live(self.simulator, engine, EVERY));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remotes;

    #[tokio::test]
    async fn the_demo_signs_in_at_its_portal() {
        let province = ProvinceCode::parse("08").unwrap();
        let portal = DemoPortal::open(&province).await.unwrap();
        let client = remotes::client(&portal.settings).unwrap();
        let found = client.look_up("H60.02215-261201-0001").await;
        assert!(matches!(found, Ok(None)), "{found:?}");
    }
}
