// One line in any page: <script async src="https://…/widget.js"></script>. A button opens the chat in a frame of its own.
"use strict";
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "closed" });
  root.innerHTML = `<style>
    :host { all: initial; position: fixed; right: 12px; bottom: 12px; z-index: 2147483000; font: 600 18px/1.3 system-ui, sans-serif; }
    button { min-height: 52px; padding: 0 18px; border: 0; border-radius: 26px; background: #14532d; color: #fff; font: inherit; cursor: pointer; box-shadow: 0 4px 16px #0005; }
    button:focus-visible { outline: 3px solid #b45309; outline-offset: 2px; }
    iframe { display: none; width: min(400px, calc(100vw - 24px)); height: min(640px, calc(100vh - 96px)); margin-bottom: 8px; border: 1px solid #0003; border-radius: 14px; background: #f6f4ee; }
    .open iframe { display: block; } .box { display: flex; flex-direction: column; align-items: flex-end; }
  </style><div class="box"><button type="button" aria-expanded="false">Hỏi Dẫn Lối</button></div>`;
  const box = root.querySelector(".box"), button = root.querySelector("button");
  let frame = null;
  function toggle(open) {
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.title = "Dẫn Lối: trò chuyện";
      frame.src = `${origin}/`;
      box.prepend(frame);
    }
    box.classList.toggle("open", open);
    button.textContent = open ? "Đóng" : "Hỏi Dẫn Lối";
    button.setAttribute("aria-expanded", String(open));
  }
  button.addEventListener("click", () => toggle(!box.classList.contains("open")));
  addEventListener("keydown", (event) => { if (event.key === "Escape") toggle(false); });
  document.body.append(host);
})();
