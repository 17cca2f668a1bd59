// The desk's own script: drafts survive a reload, an action keeps its key until it is done, nothing is shown twice. Everything works without it.
"use strict";
(() => {
  const store = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { value ? localStorage.setItem(name, value) : localStorage.removeItem(name); } catch { /* no room: the page still has it */ } },
  };
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const drafts = (root) => root.querySelectorAll("form[data-draft]").forEach((form) => {
    const area = form.querySelector("textarea"), name = "draft:" + form.dataset.draft;
    if (!area || area.dataset.kept) return;
    area.dataset.kept = "1";
    if (!area.value) area.value = store.get(name) || "";
    area.addEventListener("input", () => store.set(name, area.value));
    form.addEventListener("htmx:afterRequest", (event) => {
      if (!event.detail.successful || (event.target !== form && !("formaction" in event.target.attributes))) return;
      store.set(name, "");
      if (!("clears" in form.dataset)) return;
      area.value = "";
      const file = form.querySelector("input[type=file]");
      if (file?.value) { file.value = ""; file.closest("details").open = false; }
    });
  });

  const down = (text) => { const box = document.getElementById("trouble"); if (box) { box.textContent = ""; const p = document.createElement("p"); p.className = "trouble"; p.textContent = text; box.append(p); } };

  document.addEventListener("DOMContentLoaded", () => {
    drafts(document);
    document.querySelector("#lines > :last-child")?.scrollIntoView({ block: "end" });
  });
  document.addEventListener("htmx:load", (event) => drafts(event.target));

  // The key of an action is kept until the server has answered: tried again, or by the back button, it is done once.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.hasAttribute?.("formaction") ? event.target.form : event.target;
    const key = form.querySelector?.(":scope > input[name=key]");
    if (event.detail.successful) { if (key) key.value = fresh(); document.getElementById("trouble").textContent = ""; }
  });
  document.addEventListener("htmx:sendError", () => down("Mạng đang chập chờn, chưa gửi được. Lời vừa viết vẫn còn; bấm gửi lại là được, không bị gửi hai lần."));
  document.addEventListener("htmx:timeout", () => down("Máy chủ trả lời chậm. Bấm gửi lại là được, không bị gửi hai lần."));

  // A stream that began anew brings lines that stand there already.
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const found = /^<div class="line [a-z]+" id="(m\d+)"/.exec(event.detail.data?.trim() || "");
    if (found && document.getElementById(found[1])) event.preventDefault();
  });
  document.addEventListener("htmx:sseMessage", (event) => {
    const lines = event.target.id === "lines" ? event.target : null;
    if (lines && innerHeight + scrollY > document.body.offsetHeight - 400) lines.lastElementChild?.scrollIntoView({ block: "end" });
  });

  // An urgent case that has just come is seen in the tab, felt, and heard where the browser allows it.
  let urgent = document.querySelectorAll("#lists mark.urgent").length;
  const ring = () => {
    navigator.vibrate?.([200, 100, 200]);
    try {
      const sound = new AudioContext(), tone = sound.createOscillator();
      tone.connect(sound.destination); tone.start(); tone.stop(sound.currentTime + 0.25);
    } catch { /* silent then */ }
  };
  document.addEventListener("htmx:sseMessage", (event) => {
    if (event.target.id !== "lists") return;
    const now = document.querySelectorAll("#lists mark.urgent").length;
    if (now > urgent) ring();
    urgent = now;
    document.title = (now ? "(" + now + " gấp) " : "") + document.title.replace(/^\(\d+ gấp\) /, "");
  });

  document.addEventListener("click", (event) => {
    const pick = event.target.closest("button.pick");
    if (!pick) return;
    const area = document.getElementById("text");
    area.value = area.value ? area.value + "\n" + pick.dataset.text : pick.dataset.text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    pick.closest("details").open = false;
    area.focus();
  });

  // Who leaves leaves nothing on a shared phone.
  document.addEventListener("submit", (event) => {
    if (!("leaves" in event.target.dataset)) return;
    try { Object.keys(localStorage).filter((name) => name.startsWith("draft:")).forEach((name) => localStorage.removeItem(name)); } catch { /* nothing kept */ }
  });
})();
