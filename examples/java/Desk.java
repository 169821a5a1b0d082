import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A desk in JSON over HTTP, with Java's own client and Gson (Debian: libgoogle-gson-java).
 *
 * <pre>java -cp gson.jar Desk.java ADDRESS UNIT RECEPTIONIST_TOKEN PORTAL_TOKEN</pre>
 */
public final class Desk {
    /** The server said no, and why. */
    static final class Refused extends Exception {
        final String reason;
        /** For the clerk, in Vietnamese. */
        final String text;

        Refused(JsonObject error) {
            super(error.get("message").getAsString());
            String reason = "";
            String text = getMessage();
            for (JsonElement one : error.getAsJsonArray("details")) {
                JsonObject detail = one.getAsJsonObject();
                String type = detail.get("@type").getAsString();
                if (type.endsWith("ErrorInfo")) {
                    reason = detail.get("reason").getAsString();
                } else if (type.endsWith("LocalizedMessage")) {
                    text = detail.get("message").getAsString();
                }
            }
            this.reason = reason;
            this.text = text;
        }
    }

    static final class Motcua {
        private final HttpClient client = HttpClient.newHttpClient();
        private final String address;
        private final String token;

        Motcua(String address, String token) {
            this.address = address;
            this.token = token;
        }

        /** A call; a write is sent again under its `request_id` when no answer came. */
        JsonObject call(String method, JsonObject body) throws Refused, IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/motcua.v1." + method))
                .header("content-type", "application/json")
                .header("authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(35))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
                .build();
            for (int attempt = 0; ; attempt++) {
                HttpResponse<String> answer;
                try {
                    answer = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                } catch (IOException lost) {
                    if (attempt == 4) {
                        throw lost;
                    }
                    Thread.sleep(1000);
                    continue;
                }
                int status = answer.statusCode();
                // Too many at once, or a database that does not answer: the server says when.
                if ((status == 429 || status == 503) && attempt < 4) {
                    String seconds = answer.headers().firstValue("retry-after").orElse("1");
                    Thread.sleep(1000 * Long.parseLong(seconds));
                    continue;
                }
                JsonObject said = JsonParser.parseString(answer.body()).getAsJsonObject();
                if (status != 200) {
                    throw new Refused(said);
                }
                return said;
            }
        }
    }

    /** A request with an id, made and stored before the first try; the same one goes with every retry. */
    static JsonObject write() {
        JsonObject body = new JsonObject();
        body.addProperty("request_id", UUID.randomUUID().toString());
        return body;
    }

    static String text(JsonObject of, String field) {
        return of.get(field).getAsString();
    }

    static JsonObject advance(Motcua desk, JsonObject dossier, String etag)
        throws Refused, IOException, InterruptedException {
        JsonObject body = write();
        body.addProperty("name", text(dossier, "name"));
        body.addProperty("etag", etag);
        body.addProperty("step", "appraise");
        return desk.call("DossierService/AdvanceDossier", body);
    }

    public static void main(String[] given) throws Exception {
        String unit = given[1];
        Motcua desk = new Motcua(given[0], given[2]);

        JsonObject applicant = new JsonObject();
        applicant.addProperty("name", "Nguyễn Thị Mẫu");
        applicant.addProperty("phone", "0900000001");
        JsonArray components = new JsonArray();
        components.add("to-khai");
        JsonObject reception = write();
        reception.addProperty("receiving_unit", unit);
        reception.addProperty("procedure", "1.004873");
        reception.addProperty("channel", "CHANNEL_DESK");
        reception.add("applicant", applicant);
        reception.add("components", components);
        reception.addProperty("duplicate_intended", true);
        JsonObject dossier = desk.call("DossierService/ReceiveDossier", reception);
        System.out.println("received " + text(dossier, "code") + " due " + text(dossier, "effective_due_time"));

        JsonObject print = write();
        print.addProperty("name", text(dossier, "name"));
        JsonObject receipt = desk.call("DossierService/GetReceipt", print);
        System.out.println("receipt " + text(receipt, "code") + " PIN " + text(receipt, "pin")
            + " print " + text(receipt, "print_number"));

        // A button for each thing that this person may do now, and for no other.
        List<String> buttons = new ArrayList<>();
        dossier.getAsJsonArray("allowed_actions").forEach(one -> buttons.add(one.getAsString()));
        System.out.println("buttons " + String.join(", ", buttons));

        try {
            advance(desk, dossier, "1-of-yesterday");
        } catch (Refused refused) {
            System.out.println("refused " + refused.reason + " - " + refused.text);
        }
        JsonObject advanced = advance(desk, dossier, text(dossier, "etag"));
        System.out.println("advanced " + text(advanced, "code") + " version " + text(advanced, "version"));

        // The feed: store the cursor of what was processed, and go on after it.
        Motcua feed = new Motcua(given[0], given[3]);
        String after = "";
        int seen = 0;
        boolean done = false;
        while (!done) {
            JsonObject asked = new JsonObject();
            asked.addProperty("after", after);
            asked.addProperty("limit", 200);
            JsonObject page = feed.call("EventService/ListEvents", asked);
            seen += page.getAsJsonArray("events").size();
            after = text(page, "next_cursor");
            done = page.get("done").getAsBoolean();
        }
        System.out.println("events " + seen);
    }
}
