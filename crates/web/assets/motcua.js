// Keys and the scanner. Every page is complete without this file.
(function () {
  "use strict";
  var form = function (node) { return node && node.closest ? node.closest("form") : null; };
  var press = function (key) {
    var target = document.querySelector('[aria-keyshortcuts="' + key + '"]');
    if (!target) { return false; }
    if (target.matches("input, select, textarea")) { target.focus(); target.select && target.select(); }
    else { target.click(); }
    return true;
  };

  // F2, F4, F9, Ctrl+Enter and Escape press the element that names the key. Single letters are no
  // shortcuts, because input methods such as Telex rewrite them.
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.altKey || event.metaKey) { return; }
    var key = event.key === "Enter" && event.ctrlKey ? "Control+Enter" : event.key;
    if (/^(F2|F4|F9|Escape|Control\+Enter)$/.test(key) && press(key)) { event.preventDefault(); return; }
    // In a form with data-enter-next, Enter goes to the next field instead of sending the form.
    var field = event.target;
    var owner = form(field);
    if (key !== "Enter" || event.ctrlKey || event.shiftKey || !owner || !owner.hasAttribute("data-enter-next")) { return; }
    if (!field.matches("input, select") || field.matches("[type=search], [type=submit]")) { return; }
    event.preventDefault();
    var fields = Array.prototype.filter.call(owner.elements, function (next) {
      return !next.disabled && next.type !== "hidden" && next.tabIndex >= 0 && next.offsetParent !== null;
    });
    var next = fields[fields.indexOf(field) + 1];
    if (next) { next.focus(); }
  });

  // The connection. A lost one shows, is looked for every 15 seconds, and heals by itself.
  var note = document.querySelector("[data-offline]"), since = null, timer = 0;
  var clock = function () { return new Date().toTimeString().slice(0, 5); };
  var say = function (text, lost) {
    note.querySelector("b").textContent = text;
    note.classList.toggle("is-risk", lost);
    note.classList.toggle("is-ok", !lost);
    note.hidden = false;
  };
  var ask = function (then) {
    window.fetch("/healthz", { cache: "no-store" }).then(function () { then(true); }, function () { then(false); });
  };
  var look = function () { ask(function (there) { if (there) { found(); } else { lost(); } }); };
  var lost = function () {
    if (!note) { return; }
    if (!since) { since = clock(); say(note.dataset.lost.replace("{time}", since), true); }
    window.clearTimeout(timer);
    timer = window.setTimeout(look, 15000);
  };
  var found = function () {
    if (!since) { return; }
    since = null;
    window.clearTimeout(timer);
    say(note.dataset.back.replace("{time}", clock()), false);
  };
  if (note && window.fetch) {
    window.addEventListener("offline", lost);
    window.addEventListener("online", look);
    note.querySelector("button").addEventListener("click", look);
  }

  // A form is sent once, and only to a server that answers: otherwise the browser would leave the page,
  // and with it what was typed. A second sending would do no harm, because its request id is the same;
  // this only spares people the doubt.
  document.addEventListener("submit", function (event) {
    var sent = event.target, button = event.submitter;
    if (event.defaultPrevented || sent.method !== "post") { return; }
    if (sent.dataset.sent) { event.preventDefault(); return; }
    sent.dataset.sent = "1";
    if (!note || !window.fetch || sent.dataset.asked) {
      delete sent.dataset.asked;
      // Whoever comes back to this page gets it anew. A page that a form led to would be the browser's question
      // whether to send that form again.
      window.history.replaceState(null, "", window.location.href);
      return;
    }
    event.preventDefault();
    ask(function (there) {
      delete sent.dataset.sent;
      if (!there) { lost(); note.scrollIntoView(); return; }
      found();
      sent.dataset.asked = "1";
      if (sent.requestSubmit) { sent.requestSubmit(button); } else { sent.submit(); }
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (sent) { delete sent.dataset.sent; });
  });

  // A page about work that goes on loads itself again, as long as somebody looks at it.
  if (document.querySelector("[data-reload]")) {
    window.setTimeout(function again() {
      if (document.hidden) { window.setTimeout(again, 2000); } else { window.location.reload(); }
    }, 2000);
  }

  // Printing: a button that opens the browser's dialogue.
  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("[data-print]")) { event.preventDefault(); window.print(); }
  });

  // The class shows elements that work only with this file.
  document.documentElement.classList.add("has-script");

  // One stream while the page is visible. It says how much has changed; the page does not move.
  var news = document.querySelector("[data-live]");
  if (news && window.EventSource) {
    var source = null, said = news.querySelector("b"), link = news.querySelector("a");
    var show = function (text) { said.textContent = text; news.hidden = !text; };
    var open = function () {
      if (source) { return; }
      source = new EventSource(news.dataset.live);
      source.onmessage = function (event) { show(event.data); found(); };
      source.onopen = found;
      source.onerror = function () {
        show(news.dataset.lost);
        lost();
        // A browser whose stream was refused does not connect again by itself.
        if (source && source.readyState === 2) { source = null; window.setTimeout(open, 15000); }
      };
    };
    var close = function () { if (source) { source.close(); source = null; } };
    document.addEventListener("visibilitychange", function () { if (document.hidden) { close(); } else { open(); } });
    window.addEventListener("pagehide", close);
    open();
    link.addEventListener("click", function (event) { event.preventDefault(); window.location.reload(); });
  }

  // The first wrong field gets the focus.
  var wrong = document.querySelector("[data-focus]");
  if (wrong) { wrong.focus(); }
})();
