/* Keys, and a word when the page has changed. Everything works without this file. */
"use strict";

(() => {
  const OFF = "firstvisit.keys";
  const EVERY = 15000;
  const one = (selector, from = document) => from.querySelector(selector);

  /* ---------- keys ---------- */
  const keysOn = () => localStorage.getItem(OFF) !== "off";
  /* a dialog that was just closed keeps the focus in it for a moment: nobody types into what is not shown */
  const typing = (target) => {
    const field = target.closest("input, textarea, select, [contenteditable]");
    return field !== null && field.checkVisibility();
  };
  const rows = () => [...document.querySelectorAll("tr.row")];

  function move(step) {
    const all = rows();
    if (!all.length) return false;
    const here = all.findIndex((row) => row.classList.contains("on"));
    const next = Math.min(Math.max(here + step, 0), all.length - 1);
    all.forEach((row) => { row.classList.remove("on"); row.removeAttribute("aria-current"); });
    all[next].classList.add("on");
    all[next].setAttribute("aria-current", "true");
    const link = one("a", all[next]);
    if (link) link.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  /* One sheet at a time. At the moment of opening and not at its "toggle" event, which comes later and would
     close what has been opened since. */
  const sheets = () => [...document.querySelectorAll(".bar details")];
  const closeOthers = (sheet) => sheets().forEach((other) => {
    if (!other.contains(sheet) && !sheet.contains(other)) other.open = false;
  });
  sheets().forEach((sheet) => one("summary", sheet).addEventListener("click", () => {
    if (!sheet.open) closeOthers(sheet);
  }));

  function act(key) {
    const row = one("tr.row.on");
    if (key === "t" && row) {
      const form = one("form", row);
      if (form) { form.requestSubmit(); return true; }
    }
    const target = one(`[data-key="${key}"]`);
    if (target && target.tagName === "DETAILS") {
      if (!target.open) closeOthers(target);
      target.open = !target.open;
      const rest = target.closest(".rest");
      if (rest && target.open) rest.open = true;
      const first = one("input:not([type=hidden]), select, textarea, button", target);
      if (target.open && first) first.focus();
      return true;
    }
    if (target) { target.click(); return true; }
    if (row && "dsh".includes(key)) {
      const link = one("a", row);
      if (link) { location.href = link.href + "#" + key; return true; }
    }
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const sheet = one(".bar details[data-key][open]") || one(".bar details[open]");
      if (sheet) {
        sheet.open = false;
        one("summary", sheet).focus();
      }
      return;
    }
    if (!keysOn() || typing(event.target) || one("dialog[open]")) return;
    const key = event.key.toLowerCase();
    let done = false;
    if (key === "j" || key === "k") done = move(key === "j" ? 1 : -1);
    else if (key === "/") { const find = one("#find"); if (find) { find.focus(); done = true; } }
    else if (key === "?") { one("#keys").showModal(); done = true; }
    else if (key === "enter" && event.target === document.body) {
      const link = one("tr.row.on a");
      if (link) { link.click(); done = true; }
    } else if (/^[a-z]$/.test(key)) done = act(key);
    if (done) event.preventDefault();
  });

  /* a row's d, s and h lead to the lead with that sheet open */
  if (/^#[a-z]$/.test(location.hash)) act(location.hash.slice(1));

  const box = one("#keys-on");
  if (box) {
    box.checked = keysOn();
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "on" : "off"));
  }

  /* ---------- has the page changed? ---------- */
  const address = document.body.dataset.changes;
  if (!address) return;
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (answer.status === 401) {
        clearInterval(timer);
        const back = encodeURIComponent(location.pathname + location.search);
        location.href = `${document.body.dataset.signIn}?signed_off=1&next=${back}`;
      } else if (answer.ok && (await answer.json()).changed) {
        clearInterval(timer);
        one(".stale").hidden = false;
      }
    } catch { /* the network is away; the next round asks again */ }
  }, EVERY);
})();
