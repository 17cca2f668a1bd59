// The chat page: asks for consent, sends with a key of its own, listens to the stream, and shows every message once.
"use strict";
(() => {
  const TOKEN = "danloi-token", SIZE = "danloi-bigger";
  const PATIENCE = 20000;       // ms for one message to be taken; sent again with the same key it is stored once
  const SILENCE = 45000;        // ms without even a keepalive: the phone has lost the connection and does not know
  const WEAK = "Chưa gửi được vì mạng yếu. Bấm lại giúp nhé.";
  const $ = (id) => document.getElementById(id);
  const texts = $("texts").dataset, privacy = $("privacy").textContent;
  const shown = new Map();      // message id or own key -> its line in the log
  let token = read(TOKEN), last = 0, heard = 0, backoff = 1000, thinking = 0, listening = null, hangUp = () => {}, serverIsBack = () => {};

  function read(name) { try { return localStorage.getItem(name); } catch { return null; } }
  function keep(name, value) { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* private mode */ } }
  function newKey() { return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join(""); }
  function state(text, calm) { $("state").textContent = text || ""; $("state").hidden = !text; $("state").classList.toggle("calm", !!calm); }
  // On a phone, focus would open the keyboard over half of what was just said.
  function ready() { if (matchMedia("(pointer: fine)").matches) $("text").focus({ preventScroll: true }); }
  function atEnd() { const m = document.querySelector("main"); return m.scrollHeight - m.scrollTop - m.clientHeight < 160; }
  function toEnd() { const m = document.querySelector("main"); m.scrollTop = m.scrollHeight; }
  // To the end, but a message higher than the screen is read from its beginning.
  function toSee(line) { const m = document.querySelector("main"); line.offsetHeight > m.clientHeight ? m.scrollTop = line.offsetTop - 8 : toEnd(); }
  function calm() { clearTimeout(thinking); if ($("state").classList.contains("calm")) state(""); }
  function think() {
    calm();
    thinking = setTimeout(() => { state("Trợ lý đang trả lời …", true); thinking = setTimeout(calm, 20000); }, 1500);
  }

  // --- what is shown

  function item(kind, who) {
    const line = document.createElement("div");
    line.className = kind;
    const name = document.createElement("span");
    name.className = "who";
    name.textContent = who;
    const words = document.createElement("div");
    words.className = "words";
    line.append(name, words);
    $("log").append(line);
    return line;
  }

  function words(line) { return line.querySelector(".words"); }

  function showMine(key, text, waiting) {
    const line = shown.get(key) || item("mine", "Bà con:");
    shown.set(key, line);
    words(line).textContent = text;
    line.classList.toggle("waiting", waiting);
    return line;
  }

  function showOurs(message) {
    if (shown.has(message.id)) return;
    const stay = atEnd();
    const line = item("ours", "Trợ lý:");
    shown.set(message.id, line);
    words(line).innerHTML = message.html;   // our own renderer's; it lets no HTML through
    if (message.picture) import(texts.pictures).then((module) => module.show(line, message, token, texts)).catch(() => { words(line).append("(ảnh)"); });
    for (const button of message.buttons) line.append(tap(button, message.turn));
    if (message.buttons.length) retire();
    heard++;
    calm();
    if (stay) toSee(line);
  }

  function tap(button, turn) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "tap";
    element.textContent = button.label;
    element.dataset.payload = button.payload;
    element.dataset.turn = turn;
    element.addEventListener("click", () => {
      used(element);
      send({ tap: button.payload }, button.label);
      ready();
    });
    return element;
  }

  function used(element) {
    for (const other of element.parentElement.querySelectorAll(".tap")) other.disabled = true;
    element.classList.add("chosen");
  }

  // What was asked before the newest question stays readable, but is answered; how the help was may be said later too.
  function retire() {
    const taps = [...document.querySelectorAll(".tap[data-turn]")], newest = Math.max(...taps.map((t) => +t.dataset.turn));
    for (const old of taps) if (+old.dataset.turn < newest && !/:(rate|reopen):/.test(old.dataset.payload)) old.disabled = true;
  }

  // A tap is shown by its label, found again on the button that was tapped.
  function show(message) {
    if (!message.mine) return showOurs(message);
    const tapped = message.tap && [...document.querySelectorAll(".tap[data-payload]")].find((t) => t.dataset.payload === message.tap);
    if (tapped) used(tapped);
    const mine = shown.get(message.key), text = message.text || (mine ? words(mine).textContent : tapped?.textContent);
    if (text) showMine(message.key, text, false);
    if (mine) sentNow(mine);
  }

  // --- sending: the same key however often it is tried, so it is stored once

  function sentNow(line) { line.querySelectorAll(".again, .why").forEach((old) => old.remove()); }

  async function send(body, label, key = newKey()) {
    const line = showMine(key, label, true), before = heard, mine = token;
    sentNow(line);
    toEnd();
    try {
      const response = await (body.picture ? upload(key, body.picture) : post("/chat/messages", { key, ...body }));
      if (response.ok) {
        const stored = await response.json();
        serverIsBack();
        showMine(key, stored.text || label, false);
        if (heard === before && $("picture").hidden) think();
        return;
      }
      const why = response.status === 429 ? texts.tooFast : (await response.json().catch(() => ({}))).message;
      failed(line, body, label, key, why, response.status);
      if (response.status === 401 && token === mine) begin(null);
    } catch { failed(line, body, label, key, WEAK, 0); }
  }

  function failed(line, body, label, key, why, status) {
    const text = document.createElement("p");
    text.className = "why";
    text.textContent = why || "Chưa gửi được.";
    line.append(text);
    if (status && status < 429 && status !== 401) {   // never taken as it is: back to where it can be mended
      if (body.text && !$("text").value) { $("text").value = body.text; grow(); }
      return toEnd();
    }
    const again = document.createElement("button");
    again.type = "button";
    again.className = "again";
    again.textContent = "Gửi lại";
    again.addEventListener("click", () => send(body, label, key));
    line.append(again);
    toEnd();
  }

  function post(path, body) { return ask(path, JSON.stringify(body), { "Content-Type": "application/json" }, PATIENCE); }

  // Asked again while a server is exchanged: the key sees to it that nothing is done twice.
  async function ask(path, body, headers, patience, tries = 2) {
    const late = new AbortController(), timer = setTimeout(() => late.abort(), patience);
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch(path, { method: "POST", headers, body, signal: late.signal }).finally(() => clearTimeout(timer));
    if (!tries || answer.status < 502 || answer.status > 504) return answer;
    await pause(1000 + 1000 * Math.random());
    return ask(path, body, headers, patience, tries - 1);
  }

  async function upload(key, file) {
    const small = await import(texts.pictures).then((module) => module.smaller(file)).catch(() => null);
    return ask("/chat/pictures", small || file, { "Idempotency-Key": key }, 6 * PATIENCE);
  }

  // Pictures are for a person, and for nobody else.
  function speaks(person) {
    $("picture").hidden = !person;
    $("privacy").textContent = person ? texts.picturePrivacy : privacy;
  }

  // --- listening: one stream, opened again from the last message that reached us

  async function listen() {
    const stop = new AbortController(), mine = token;
    listening?.abort();
    listening = stop;
    while (!stop.signal.aborted) {
      const began = Date.now(), once = new AbortController(), end = () => once.abort();
      let silence = 0;
      const alive = () => { clearTimeout(silence); silence = setTimeout(end, SILENCE); };
      stop.signal.addEventListener("abort", end);
      hangUp = end;
      try {
        const headers = { Authorization: `Bearer ${mine}`, Accept: "text/event-stream" };
        if (last) headers["Last-Event-ID"] = String(last);
        alive();
        const response = await fetch("/chat/events", { headers, signal: once.signal, cache: "no-store" });
        if (response.status === 401 && !stop.signal.aborted) return begin(null);
        if (!response.ok) throw new Error(response.status);
        if (!$("state").classList.contains("calm")) state("");
        await readAll(response.body.getReader(), alive);
      } catch { /* comes again */ }
      clearTimeout(silence);
      if (stop.signal.aborted) return;
      state(navigator.onLine === false ? texts.offline : texts.reconnecting);
      if (Date.now() - began > 10000) backoff = 1000;
      await pause(backoff * (0.6 + 0.8 * Math.random()), (go) => { serverIsBack = go; });   // not all of a village at once
      backoff = Math.min(backoff * 2, 30000);
    }
  }

  function pause(time, handOut = () => {}) {
    return new Promise((resume) => {
      const go = () => { clearTimeout(timer); removeEventListener("online", go); resume(); };
      handOut(go);
      const timer = setTimeout(go, time);
      addEventListener("online", go);
    });
  }

  async function readAll(reader, alive) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      alive();
      const events = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, "\n").split("\n\n");
      rest = events.pop();
      for (const event of events) take(event);
    }
  }

  function take(event) {
    const who = /^event: (\w+)/m.exec(event);
    if (who) speaks(who[1] === "person");
    const data = event.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
    if (!data) return;
    const message = JSON.parse(data);
    show(message);
    if (!message.mine) last = Math.max(last, message.id);
  }

  // --- beginning

  function begin(known) {
    token = known;
    keep(TOKEN, known);
    speaks(false);
    $("consent").hidden = !!token;
    $("say").hidden = $("person").hidden = !token;
    if (!token) { listening?.abort(); last = 0; $("agree").focus({ preventScroll: true }); return; }
    $("log").tabIndex = 0;   // scrolled by the arrow keys
    listen();
    ready();
  }

  $("agree").addEventListener("click", async () => {
    $("agree").disabled = true;
    try {
      const response = await post("/chat/session", { consent: true, version: texts.version });
      const body = await response.json();
      state(body.message);
      if (response.ok) {
        begin(body.token);
        send({ text: "chào" }, "chào");
      }
    } catch { state(WEAK); }
    $("agree").disabled = false;
  });
  $("decline").addEventListener("click", () => { $("declined").hidden = false; });
  $("person").addEventListener("click", () => send({ text: "gặp người" }, "gặp người"));
  $("bigger").addEventListener("click", () => bigger(!document.documentElement.classList.contains("bigger")));
  function bigger(on) {
    document.documentElement.classList.toggle("bigger", on);
    $("bigger").setAttribute("aria-pressed", String(on));
    keep(SIZE, on ? "1" : null);
  }
  $("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text) return $("text").focus();
    $("text").value = "";
    grow();
    send({ text }, text);
  });
  $("picture").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    const [picture] = $("file").files;
    $("file").value = "";
    if (picture) send({ picture }, "(ảnh)");
  });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("say").requestSubmit(); }
  });
  function grow() { $("text").style.height = "auto"; $("text").style.height = `${$("text").scrollHeight + 4}px`; }
  $("text").addEventListener("input", () => {
    grow();
    if ($("text").value.length >= 4000) state(texts.tooLong);
    else if ($("state").textContent === texts.tooLong) state("");
  });
  addEventListener("offline", () => state(texts.offline));
  addEventListener("online", () => hangUp());   // another network: the old connection leads nowhere
  addEventListener("storage", (event) => { if (event.key === TOKEN && event.newValue && !token) begin(event.newValue); });
  bigger(!!read(SIZE));
  begin(token);
})();
