using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

/// <summary>A desk in JSON over HTTP, with .NET's own client and Newtonsoft.Json.</summary>
/// <remarks>
/// Usage: Desk ADDRESS UNIT RECEPTIONIST_TOKEN PORTAL_TOKEN. It keeps to what .NET Framework 4.6.1, Mono and .NET 6 have
/// in common.
/// </remarks>
public static class Desk
{
    /// <summary>The server said no, and why.</summary>
    private sealed class Refused : Exception
    {
        public string Reason { get; }

        /// <summary>For the clerk, in Vietnamese.</summary>
        public string Text { get; }

        public Refused(JObject error) : base((string)error["message"])
        {
            var details = error["details"] as JArray ?? new JArray();
            Func<string, JToken> of = type => details.FirstOrDefault(one => ((string)one["@type"]).EndsWith(type));
            Reason = (string)of("ErrorInfo")?["reason"] ?? "";
            Text = (string)of("LocalizedMessage")?["message"] ?? Message;
        }
    }

    private sealed class Motcua
    {
        private readonly HttpClient client = new HttpClient { Timeout = TimeSpan.FromSeconds(35) };
        private readonly string address;

        public Motcua(string address, string token)
        {
            this.address = address;
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        /// <summary>A call; a write is sent again under its `request_id` when no answer came.</summary>
        public async Task<JObject> Call(string method, JObject body)
        {
            for (var attempt = 0; ; attempt++)
            {
                HttpResponseMessage answer;
                try
                {
                    var text = new StringContent(body.ToString(), Encoding.UTF8, "application/json");
                    answer = await client.PostAsync($"{address}/motcua.v1.{method}", text);
                }
                // The second is what a time-out is.
                catch (Exception lost) when (attempt < 4 && (lost is HttpRequestException || lost is TaskCanceledException))
                {
                    await Task.Delay(TimeSpan.FromSeconds(1));
                    continue;
                }
                var status = (int)answer.StatusCode;
                // Too many at once, or a database that does not answer: the server says when.
                if ((status == 429 || status == 503) && attempt < 4)
                {
                    await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
                    continue;
                }
                // Its bytes are UTF-8 whatever the machine's own encoding is.
                var said = JObject.Parse(Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    throw new Refused(said);
                }
                return said;
            }
        }
    }

    /// <summary>A request with an id, made and stored before the first try; the same one goes with every retry.</summary>
    private static JObject Write(JObject body)
    {
        body["request_id"] = Guid.NewGuid().ToString();
        return body;
    }

    private static Task<JObject> Advance(Motcua desk, JObject dossier, string etag)
    {
        return desk.Call("DossierService/AdvanceDossier", Write(new JObject
        {
            ["name"] = dossier["name"],
            ["etag"] = etag,
            ["step"] = "appraise",
        }));
    }

    private static async Task Run(string address, string unit, string receptionist, string portal)
    {
        var desk = new Motcua(address, receptionist);
        var dossier = await desk.Call("DossierService/ReceiveDossier", Write(new JObject
        {
            ["receiving_unit"] = unit,
            ["procedure"] = "1.004873",
            ["channel"] = "CHANNEL_DESK",
            ["applicant"] = new JObject { ["name"] = "Nguyễn Thị Mẫu", ["phone"] = "0900000001" },
            ["components"] = new JArray("to-khai"),
            ["duplicate_intended"] = true,
        }));
        Say($"received {dossier["code"]} due {Moment(dossier, "effective_due_time")}");

        var receipt = await desk.Call("DossierService/GetReceipt", Write(new JObject { ["name"] = dossier["name"] }));
        Say($"receipt {receipt["code"]} PIN {receipt["pin"]} print {receipt["print_number"]}");

        // A button for each thing that this person may do now, and for no other.
        Say("buttons " + string.Join(", ", dossier["allowed_actions"].Values<string>()));

        try
        {
            await Advance(desk, dossier, "1-of-yesterday");
        }
        catch (Refused refused)
        {
            Say($"refused {refused.Reason} - {refused.Text}");
        }
        var advanced = await Advance(desk, dossier, (string)dossier["etag"]);
        Say($"advanced {advanced["code"]} version {advanced["version"]}");

        // The feed: store the cursor of what was processed, and go on after it.
        var feed = new Motcua(address, portal);
        var after = "";
        var seen = 0;
        for (var done = false; !done;)
        {
            var page = await feed.Call("EventService/ListEvents", new JObject { ["after"] = after, ["limit"] = 200 });
            seen += ((JArray)page["events"]).Count;
            after = (string)page["next_cursor"];
            done = (bool)page["done"];
        }
        Say($"events {seen}");
    }

    /// <summary>A moment as the server wrote it: the library reads texts that look like one as moments.</summary>
    private static string Moment(JObject of, string field)
    {
        return of[field].Type == JTokenType.Date
            ? ((DateTime)of[field]).ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ")
            : (string)of[field];
    }

    private static void Say(string line)
    {
        Console.WriteLine(line);
    }

    public static int Main(string[] given)
    {
        if (given.Length != 4)
        {
            Console.Error.WriteLine("usage: Desk ADDRESS UNIT RECEPTIONIST_TOKEN PORTAL_TOKEN");
            return 2;
        }
        Console.OutputEncoding = new UTF8Encoding(false);
        Run(given[0], given[1], given[2], given[3]).GetAwaiter().GetResult();
        return 0;
    }
}
