// A desk in JSON over HTTP, for a browser or Node 18, with nothing but `fetch`.
//
//     node desk.js ADDRESS UNIT RECEPTIONIST_TOKEN PORTAL_TOKEN

interface Dossier {
  name: string;
  code: string;
  version: number;
  etag: string;
  effective_due_time: string | null;
  allowed_actions: string[];
}

interface ReceiptSheet {
  code: string;
  pin: string;
  print_number: number;
}

interface FeedPage {
  events: { cursor: string; dossier: string }[];
  next_cursor: string;
  done: boolean;
}

interface Detail {
  "@type": string;
  reason?: string;
  message?: string;
}

/** The server said no, and why. */
class Refused extends Error {
  readonly reason: string;
  /** For the clerk, in Vietnamese. */
  readonly text: string;

  constructor(error: { message: string; details: Detail[] }) {
    const detail = (kind: string) => error.details.find((one) => one["@type"].endsWith(kind));
    super(error.message);
    this.reason = detail("ErrorInfo")?.reason ?? "";
    this.text = detail("LocalizedMessage")?.message ?? error.message;
  }
}

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

class Motcua {
  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  /** A call; a write is sent again under its `request_id` when no answer came. */
  async call<T>(method: string, body: object): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      let answer: Response;
      try {
        answer = await fetch(`${this.address}/motcua.v1.${method}`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
          body: JSON.stringify(body),
        });
      } catch (broken) {
        if (attempt === 4) throw broken;
        await pause(1);
        continue;
      }
      if (answer.ok) return (await answer.json()) as T;
      // Too many at once, or a database that does not answer: the server says when.
      if ((answer.status === 429 || answer.status === 503) && attempt < 4) {
        await pause(Number(answer.headers.get("retry-after") ?? "1"));
        continue;
      }
      throw new Refused((await answer.json()) as { message: string; details: Detail[] });
    }
  }
}

/** Made and stored before the first try; the same one goes with every retry. */
// A browser has it, and Node from 19 on; Node 18 keeps it in a module.
const crypto = globalThis.crypto ?? (await import("node:crypto")).webcrypto;
const newRequest = () => crypto.randomUUID();

async function main(address: string, unit: string, receptionist: string, portal: string) {
  const desk = new Motcua(address, receptionist);
  let dossier = await desk.call<Dossier>("DossierService/ReceiveDossier", {
    request_id: newRequest(),
    receiving_unit: unit,
    procedure: "1.004873",
    channel: "CHANNEL_DESK",
    applicant: { name: "Nguyễn Thị Mẫu", phone: "0900000002" },
    components: ["to-khai"],
    duplicate_intended: true,
  });
  console.log("received", dossier.code, "due", dossier.effective_due_time);

  const receipt = await desk.call<ReceiptSheet>("DossierService/GetReceipt", {
    name: dossier.name,
    request_id: newRequest(),
  });
  console.log("receipt", receipt.code, "PIN", receipt.pin, "print", receipt.print_number);

  // A button for each thing that this person may do now, and for no other.
  console.log("buttons", dossier.allowed_actions.join(", "));

  const advance = (etag: string) =>
    desk.call<Dossier>("DossierService/AdvanceDossier", {
      request_id: newRequest(),
      name: dossier.name,
      etag,
      step: "appraise",
    });
  try {
    await advance("1-of-yesterday");
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    console.log("refused", refused.reason, "-", refused.text);
  }
  dossier = await advance(dossier.etag);
  console.log("advanced", dossier.code, "version", dossier.version);

  // The feed: store the cursor of what was processed, and go on after it.
  const feed = new Motcua(address, portal);
  let [after, seen] = ["", 0];
  for (;;) {
    const page = await feed.call<FeedPage>("EventService/ListEvents", { after, limit: 200 });
    seen += page.events.length;
    after = page.next_cursor;
    if (page.done) break;
  }
  console.log("events", seen);
}

const [address, unit, receptionist, portal] = process.argv.slice(2);
await main(address ?? "", unit ?? "", receptionist ?? "", portal ?? "");

export {};
