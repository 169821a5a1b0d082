// A desk in JSON over HTTP, with nothing but Go's own library.
//
//	go run desk.go ADDRESS UNIT RECEPTIONIST_TOKEN PORTAL_TOKEN
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

type dossier struct {
	Name             string   `json:"name"`
	Code             string   `json:"code"`
	Version          int      `json:"version"`
	Etag             string   `json:"etag"`
	EffectiveDueTime string   `json:"effective_due_time"`
	AllowedActions   []string `json:"allowed_actions"`
}

type receipt struct {
	Code        string `json:"code"`
	Pin         string `json:"pin"`
	PrintNumber int    `json:"print_number"`
}

type feedPage struct {
	Events     []json.RawMessage `json:"events"`
	NextCursor string            `json:"next_cursor"`
	Done       bool              `json:"done"`
}

// refused says that the server said no, and why.
type refused struct {
	reason string
	// For the clerk, in Vietnamese.
	text    string
	message string
}

func (r *refused) Error() string { return r.reason + ": " + r.message }

func readRefusal(body []byte) error {
	var answer struct {
		Message string `json:"message"`
		Details []struct {
			Type    string `json:"@type"`
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"details"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	said := &refused{text: answer.Message, message: answer.Message}
	for _, detail := range answer.Details {
		switch {
		case strings.HasSuffix(detail.Type, "ErrorInfo"):
			said.reason = detail.Reason
		case strings.HasSuffix(detail.Type, "LocalizedMessage"):
			said.text = detail.Message
		}
	}
	return said
}

type motcua struct {
	address, token string
	client         http.Client
}

func open(address, token string) *motcua {
	return &motcua{address: address, token: token, client: http.Client{Timeout: 35 * time.Second}}
}

// call makes a call; a write is sent again under its request_id when no answer came.
func (m *motcua) call(method string, body, answer any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for attempt := 0; ; attempt++ {
		request, err := http.NewRequest("POST", m.address+"/motcua.v1."+method, bytes.NewReader(data))
		if err != nil {
			return err
		}
		request.Header.Set("content-type", "application/json")
		request.Header.Set("authorization", "Bearer "+m.token)
		response, err := m.client.Do(request)
		if err != nil {
			if attempt == 4 {
				return err
			}
			time.Sleep(time.Second)
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return err
		}
		switch {
		case response.StatusCode == http.StatusOK:
			return json.Unmarshal(text, answer)
		// Too many at once, or a database that does not answer: the server says when.
		case (response.StatusCode == 429 || response.StatusCode == 503) && attempt < 4:
			seconds, err := strconv.Atoi(response.Header.Get("retry-after"))
			if err != nil {
				seconds = 1
			}
			time.Sleep(time.Duration(seconds) * time.Second)
		default:
			return readRefusal(text)
		}
	}
}

// newRequest makes an id, stored before the first try; the same one goes with every retry.
func newRequest() string {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		panic(err)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

type fields map[string]any

func run(address, unit, receptionist, portal string) error {
	desk := open(address, receptionist)

	var received dossier
	err := desk.call("DossierService/ReceiveDossier", fields{
		"request_id":         newRequest(),
		"receiving_unit":     unit,
		"procedure":          "1.004873",
		"channel":            "CHANNEL_DESK",
		"applicant":          fields{"name": "Nguyễn Thị Mẫu", "phone": "0900000001"},
		"components":         []string{"to-khai"},
		"duplicate_intended": true,
	}, &received)
	if err != nil {
		return err
	}
	fmt.Println("received", received.Code, "due", received.EffectiveDueTime)

	var printed receipt
	err = desk.call("DossierService/GetReceipt",
		fields{"name": received.Name, "request_id": newRequest()}, &printed)
	if err != nil {
		return err
	}
	fmt.Println("receipt", printed.Code, "PIN", printed.Pin, "print", printed.PrintNumber)

	// A button for each thing that this person may do now, and for no other.
	fmt.Println("buttons", strings.Join(received.AllowedActions, ", "))

	advance := func(etag string) (dossier, error) {
		var advanced dossier
		err := desk.call("DossierService/AdvanceDossier", fields{
			"request_id": newRequest(),
			"name":       received.Name,
			"etag":       etag,
			"step":       "appraise",
		}, &advanced)
		return advanced, err
	}
	_, err = advance("1-of-yesterday")
	no, ok := err.(*refused)
	if !ok {
		return fmt.Errorf("an old etag must be refused, not answered with %v", err)
	}
	fmt.Println("refused", no.reason, "-", no.text)

	advanced, err := advance(received.Etag)
	if err != nil {
		return err
	}
	fmt.Println("advanced", advanced.Code, "version", advanced.Version)

	// The feed: store the cursor of what was processed, and go on after it.
	feed, after, seen := open(address, portal), "", 0
	for {
		var page feedPage
		if err := feed.call("EventService/ListEvents", fields{"after": after, "limit": 200}, &page); err != nil {
			return err
		}
		seen += len(page.Events)
		after = page.NextCursor
		if page.Done {
			break
		}
	}
	fmt.Println("events", seen)
	return nil
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "desk ADDRESS UNIT RECEPTIONIST_TOKEN PORTAL_TOKEN")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
