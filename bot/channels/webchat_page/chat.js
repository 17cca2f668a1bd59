// The chat page: asks for consent, sends with a key of its own, listens to the stream, and shows every message once.
"use strict";
(() => {
  const VERSION = "2026-11-23", TOKEN = "danloi-token", SIZE = "danloi-bigger";
  const $ = (id) => document.getElementById(id);
  const texts = $("texts").dataset;
  const shown = new Map();      // message id or own key -> its list item
  let token = read(TOKEN), last = 0, backoff = 1000, thinking = 0, listening = null;

  function read(name) { try { return localStorage.getItem(name); } catch { return null; } }
  function keep(name, value) { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* private mode */ } }
  function newKey() { return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join(""); }
  function state(text, calm) { $("state").textContent = text || ""; $("state").hidden = !text; $("state").classList.toggle("calm", !!calm); }
  // On a phone, focus would open the keyboard over half of what was just said.
  function ready() { if (matchMedia("(pointer: fine)").matches) $("text").focus({ preventScroll: true }); }
  function atEnd() { const m = document.querySelector("main"); return m.scrollHeight - m.scrollTop - m.clientHeight < 160; }
  function toEnd() { const m = document.querySelector("main"); m.scrollTop = m.scrollHeight; }

  // --- what is shown

  function item(kind, who) {
    const li = document.createElement("li");
    li.className = kind;
    const name = document.createElement("span");
    name.className = "who";
    name.textContent = who;
    const words = document.createElement("div");
    words.className = "words";
    li.append(name, words);
    $("log").append(li);
    return li;
  }

  function words(li) { return li.querySelector(".words"); }

  function showMine(key, text, waiting) {
    const li = shown.get(key) || item("mine", "Bà con:");
    shown.set(key, li);
    words(li).textContent = text;
    li.classList.toggle("waiting", waiting);
    return li;
  }

  function showOurs(message) {
    if (shown.has(message.id)) return;
    const stay = atEnd();
    const li = item("ours", "Trợ lý:");
    shown.set(message.id, li);
    words(li).innerHTML = message.html;   // our own renderer's; it lets no HTML through
    for (const button of message.buttons) li.append(tap(button));
    clearTimeout(thinking);
    state("");
    if (stay) toEnd();
  }

  function tap(button) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "tap";
    element.textContent = button.label;
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

  function show(message) {
    if (!message.mine) return showOurs(message);
    if (message.text || shown.has(message.key)) showMine(message.key, message.text || words(shown.get(message.key)).textContent, false);
  }

  // --- sending: the same key however often it is tried, so it is stored once

  async function send(body, label, key = newKey()) {
    const li = showMine(key, label, true);
    li.querySelectorAll(".again, .why").forEach((old) => old.remove());
    toEnd();
    try {
      const response = await post("/chat/messages", { key, ...body });
      if (response.ok) {
        const stored = await response.json();
        showMine(key, stored.text || label, false);
        thinking = setTimeout(() => state("Trợ lý đang trả lời …", true), 1500);
        return;
      }
      if (response.status === 401) return begin(null);
      failed(li, body, label, key, response.status === 429 ? texts.tooFast : (await response.json().catch(() => ({}))).message, response.status);
    } catch { failed(li, body, label, key, texts.offline, 0); }
  }

  function failed(li, body, label, key, why, status) {
    const text = document.createElement("p");
    text.className = "why";
    text.textContent = why || "Chưa gửi được.";
    li.append(text);
    if (status && status < 429) return;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "again";
    again.textContent = "Gửi lại";
    again.addEventListener("click", () => send(body, label, key));
    li.append(again);
    toEnd();
  }

  function post(path, body) {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  // --- listening: one stream, opened again from the last message that reached us

  async function listen() {
    const stop = new AbortController(), mine = token;
    listening?.abort();
    listening = stop;
    while (!stop.signal.aborted) {
      try {
        const headers = { Authorization: `Bearer ${mine}`, Accept: "text/event-stream" };
        if (last) headers["Last-Event-ID"] = String(last);
        const response = await fetch("/chat/events", { headers, signal: stop.signal, cache: "no-store" });
        if (response.status === 401) return begin(null);
        if (!response.ok) throw new Error(response.status);
        backoff = 1000;
        state("");
        await readAll(response.body.getReader());
      } catch { if (stop.signal.aborted) return; }
      state(navigator.onLine === false ? texts.offline : texts.reconnecting);
      await new Promise((resume) => { const t = setTimeout(resume, backoff); addEventListener("online", () => { clearTimeout(t); resume(); }, { once: true }); });
      backoff = Math.min(backoff * 2, 30000);
    }
  }

  async function readAll(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, "\n").split("\n\n");
      rest = events.pop();
      for (const event of events) take(event);
    }
  }

  function take(event) {
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
    $("consent").hidden = !!token;
    $("say").hidden = $("person").hidden = !token;
    if (!token) { listening?.abort(); $("agree").focus(); return; }
    listen();
    ready();
  }

  $("agree").addEventListener("click", async () => {
    $("agree").disabled = true;
    try {
      const response = await post("/chat/session", { consent: true, version: VERSION });
      const body = await response.json();
      if (!response.ok) throw new Error(body.message);
      begin(body.token);
      send({ text: "chào" }, "chào");
    } catch (error) { state(error instanceof TypeError ? texts.offline : error.message); }
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
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("say").requestSubmit(); }
  });
  function grow() { $("text").style.height = "auto"; $("text").style.height = `${$("text").scrollHeight + 4}px`; }
  $("text").addEventListener("input", () => { grow(); state($("text").value.length >= 4000 ? texts.tooLong : ""); });
  addEventListener("offline", () => state(texts.offline));
  bigger(!!read(SIZE));
  begin(token);
})();
