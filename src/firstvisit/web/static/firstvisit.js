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
  document.addEventListener("click", (event) => {
    const summary = event.target.closest(".bar details > summary");
    if (summary && !summary.parentElement.open) closeOthers(summary.parentElement);
  });

  function act(key) {
    const row = one("tr.row.on");
    if (key === "t" && row) {
      const form = one("form", row);
      if (form) { form.requestSubmit(); return true; }
    }
    const target = one(`.field.on [data-key="${key}"]`) || one(`[data-key="${key}"]:not(.field *)`);
    if (target && target.tagName === "DETAILS") {
      if (!target.open) closeOthers(target);
      target.open = !target.open;
      const rest = target.closest(".rest");
      if (rest && target.open) rest.open = true;
      const first = one("input:not([type=hidden]), select, textarea, button", target);
      if (target.open && first) first.focus();
      return true;
    }
    if (target && target.matches("input, textarea")) { target.focus(); return true; }
    if (target) { if (!target.disabled) target.click(); return true; }
    if (row && "dsh".includes(key)) {
      const link = one("a", row);
      if (link) { location.href = link.href + "#" + key; return true; }
    }
    return false;
  }

  /* Some keys are two, one after the other: of "x4" the first is x. */
  let first = "";
  const begins = (key) => [...document.querySelectorAll("[data-key]")].some(
    ({ dataset }) => dataset.key.length === 2 && dataset.key[0] === key);
  function strike(key) {
    const whole = first + key;
    first = !first && begins(key) ? key : "";
    document.dispatchEvent(new CustomEvent("firstkey", { detail: first }));
    return Boolean(first) || act(whole);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && first) { first = ""; return; }
    if (event.key === "Escape") {
      const sheet = one(".bar details[data-key][open]") || one(".bar details[open]");
      if (sheet) {
        sheet.open = false;
        one("summary", sheet).focus();
      } else if (one("form[data-saves]") && typing(event.target)) event.target.blur();
      return;
    }
    if (!keysOn() || typing(event.target) || one("dialog[open]")) return;
    const key = event.key.toLowerCase();
    let done = false;
    if (one("#desk") && (done = inboxKey(key, event))) { event.preventDefault(); return; }
    if (key === "j" || key === "k") done = move(key === "j" ? 1 : -1);
    else if (key === "/") { const find = one("#find"); if (find) { find.focus(); done = true; } }
    else if (key === "?") { one("#keys").showModal(); done = true; }
    else if (key === "enter" && event.target === document.body) {
      const link = one("tr.row.on a");
      if (link) { link.click(); done = true; }
    } else if (/^[a-z0-9]$/.test(key)) done = strike(key);
    if (done) event.preventDefault();
  });

  /* a row's d, s and h lead to the lead with that sheet open */
  if (/^#[a-z]$/.test(location.hash)) act(location.hash.slice(1));

  const box = one("#keys-on");
  if (box) {
    box.checked = keysOn();
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "on" : "off"));
  }

  /* ---------- a document of the Inbox: one field after the other, its place lit on the page ---------- */
  const loose = (target) => target === document.body || target.matches("main, form.field, figure");
  const sound = () => one("#sound");
  const pressed = [];

  function inboxKey(key, event) {
    const field = one(".field.on"), player = sound();
    if (player && hear(player, key)) return true;
    if (one("#desk").dataset.busy) {
      /* What answers a field waits to be pressed once the next one is seen; what is about the whole is done then. */
      if ("afz".includes(key) && !event.repeat) pressed.push(key);
      return "afznuo".includes(key) || key === "enter";
    }
    if (event.repeat && key !== "tab") return true;
    if (key === "enter") {
      const confirm = field && one("[data-key=enter]", field);
      if (!confirm || !loose(event.target)) return false;
      confirm.click();
      return true;
    }
    if (key === "e") {
      const box = field && one("input:not([type=hidden]), textarea", field);
      if (box) { box.focus(); box.select(); }
      return Boolean(box);
    }
    if (key === "j" || key === "k") return step(key === "j" ? 1 : -1, ".field");
    if (key === "tab") return loose(event.target) && step(event.shiftKey ? -1 : 1, ".field[data-doubt]");
    if ("+=-".includes(key)) { zoom(key === "-" ? -1 : 1); return true; }
    return false;
  }

  function step(by, among) {
    const all = [...document.querySelectorAll(among)];
    const next = all[all.indexOf(one(".field.on")) + by];
    if (!next) return false;
    next.focus();
    return true;
  }

  /* The page of a field that stands on another page is asked for; on this one its place is lit where it stands. */
  function light(field) {
    const page = one("#sheet");
    const elsewhere = page && field.dataset.sheet !== "0" && field.dataset.sheet !== page.dataset.page;
    if (elsewhere) { location.href = `?at=${encodeURIComponent(one("[name=key]", field).value)}`; return; }
    document.querySelectorAll(".field.on, .mark.on, mark.on").forEach((each) => each.classList.remove("on"));
    field.classList.add("on");
    const place = document.getElementById(field.dataset.mark);
    if (place) { place.classList.add("on"); place.scrollIntoView({ block: "nearest" }); }
    field.scrollIntoView({ block: "nearest" });
  }

  /* Enter confirms a long text too; a line of its own is Shift and Enter */
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("form.field");
    if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
    event.preventDefault();
    field.requestSubmit(one("[data-key=enter]", field));
  });
  document.addEventListener("focusin", (event) => {
    const field = event.target.closest("form.field");
    if (field && !field.classList.contains("on")) light(field);
  });
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("a.mark"), larger = event.target.closest("[data-zoom]");
    const field = mark && document.getElementById(mark.dataset.field);
    if (field && field.matches("form")) { event.preventDefault(); field.focus(); }
    if (larger) zoom(Number(larger.dataset.zoom));
    const speed = event.target.closest("[data-speed]");
    if (speed && sound()) sound().playbackRate = Number(speed.dataset.speed);
  });

  function zoom(by) {
    const page = one("#sheet");
    if (!page) return;
    const now = Number([...page.classList].find((name) => name.startsWith("zoom-")).slice(5));
    page.classList.replace(`zoom-${now}`, `zoom-${Math.min(3, Math.max(0, now + by))}`);
  }

  function hear(player, key) {
    if (key === " ") { if (player.paused) player.play(); else player.pause(); }
    else if (key === "arrowleft" || key === "arrowright") player.currentTime += key === "arrowleft" ? -5 : 5;
    else if (key === "," || key === ".") player.playbackRate = Math.min(3, Math.max(0.5, player.playbackRate + (key === "," ? -0.25 : 0.25)));
    else return false;
    return true;
  }

  /* An answer changes the parts of the page and not the page: the picture stays where it was moved to. */
  document.addEventListener("submit", async (event) => {
    const form = event.target, desk = one("#desk");
    if (!desk || form.method !== "post" || !form.closest("main, .bar")) return;
    event.preventDefault();
    if (desk.dataset.busy) return;
    desk.dataset.busy = "1";
    const sent = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const same = new URL(answer.url).pathname.startsWith(location.pathname);
      if (!same || !one("#desk", fresh)) { location.href = answer.redirected ? answer.url : location.href; return; }
      keepPicture(fresh);
      one("main").replaceWith(document.adoptNode(one("main", fresh)));
      one(".bar").replaceWith(document.adoptNode(one(".bar", fresh)));
      const wrong = one("[aria-invalid=true]");
      if (wrong) { wrong.focus(); pressed.length = 0; }
      if (pressed.length) act(pressed.shift());
    } catch {
      delete desk.dataset.busy;
      form.submit(); /* by the browser's own way, which says what is wrong */
    }
  });

  function keepPicture(fresh) {
    const was = one("#sheet"), now = one("#sheet", fresh);
    if (!was || !now || was.dataset.page !== now.dataset.page || was.getAttribute("viewBox") !== now.getAttribute("viewBox")) return;
    was.querySelectorAll(".mark").forEach((mark) => mark.remove());
    now.querySelectorAll(".mark").forEach((mark) => was.append(document.adoptNode(mark)));
    const view = was.closest("figure"), top = view.scrollTop, left = view.scrollLeft;
    now.closest("figure").replaceWith(view);
    requestAnimationFrame(() => { view.scrollTop = top; view.scrollLeft = left; });
  }

  /* ---------- the further places: closed by a click elsewhere and by Escape ---------- */
  const further = one(".further");
  if (further) {
    document.addEventListener("click", (event) => { if (!further.contains(event.target)) further.open = false; });
    further.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !further.open) return;
      event.stopPropagation();
      further.open = false;
      one("summary", further).focus();
    });
  }

  /* ---------- undo, while there is time ---------- */
  const undo = one(".undo");
  if (undo) {
    const ends = Date.now() + Number(undo.dataset.seconds) * 1000;
    const count = setInterval(() => {
      const left = Math.ceil((ends - Date.now()) / 1000);
      if (left > 0) one(".left", undo).textContent = `(${left} s)`;
      else { clearInterval(count); undo.remove(); history.replaceState(null, "", location.pathname); }
    }, 500);
  }

  /* ---------- a card that is saved as it is typed ---------- */
  const card = one("form[data-saves]");
  if (card) keep(card);

  function keep(form) {
    const word = one("#saved");
    const dirty = new Map();
    const PAUSE = 3000;
    let busy = false, timer = 0, pause = 0, wait = 1000, then = null, settled = false;
    const say = (text, lost) => { word.textContent = text; word.classList.toggle("not-saved", lost); };
    const later = (after) => { clearTimeout(timer); timer = setTimeout(save, after); };

    form.addEventListener("input", (event) => { settled = false; note(event.target); later(400); rest(); });
    form.addEventListener("change", (event) => { note(event.target); settled = true; later(0); });
    /* Enter goes on, as it says beside the button; a line of its own is Shift and Enter */
    form.addEventListener("keydown", (event) => {
      const next = one("[name=next]", form);
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !next || !event.target.matches("textarea")) return;
      event.preventDefault();
      form.requestSubmit(next);
    });
    addEventListener("online", () => { if (dirty.size) later(0); });
    addEventListener("beforeunload", (event) => { if (dirty.size || busy) event.preventDefault(); });

    /* a red flag that was typed goes to a clinician at a pause too, not only when its field is left; where this page
       dies before, the server sends it */
    function rest() {
      clearTimeout(pause);
      if (one("[data-urgent]")) pause = setTimeout(() => { settled = true; save(true); }, PAUSE);
    }

    function note(field) {
      if (!field.name) return;
      dirty.set(field.name, true);
      say("Not saved yet", false);
    }

    /* an answer is saved like a word that was typed, and only then the next question comes; the end of the call
       is a form of its own kind and leaves once everything typed is safe */
    form.addEventListener("submit", (event) => {
      const by = event.submitter;
      const leaves = !form.dataset.next;
      if (leaves && !dirty.size && !busy) return;
      event.preventDefault();
      if (leaves) then = () => { form.requestSubmit(by); };
      else {
        if (by && by.name) dirty.set(by.name, by.value);
        then = () => { location.href = form.dataset.next; };
      }
      settled = true;
      if (!dirty.size && !busy) { const go = then; then = null; go(); } else later(0);
    });

    function body(taken) {
      const data = new FormData(form), sent = new URLSearchParams();
      sent.set("csrfmiddlewaretoken", data.get("csrfmiddlewaretoken"));
      if (settled) sent.set("settled", "1");
      if (data.has("asking")) sent.set("asking", data.get("asking"));
      const lists = data.getAll("lists");
      for (const [name, value] of taken) {
        if (lists.includes(name)) { sent.append("lists", name); data.getAll(name).forEach((each) => sent.append(name, each)); }
        else sent.set(name, value === true ? data.get(name) ?? "" : value);
      }
      return sent;
    }

    async function save(urgent) {
      if (busy || !(dirty.size || urgent === true)) return;
      busy = true;
      const taken = new Map(dirty);
      dirty.clear();
      try {
        /* "minimal" is answered with 204; the only redirect that is left leads to the sign-in */
        const answer = await fetch(then && form.dataset.next ? form.action : form.dataset.saves, { method: "POST", body: body(taken), redirect: "manual", headers: { Prefer: "return=minimal" } });
        if (answer.status === 204) { leave(); return; }
        if (answer.type === "opaqueredirect" || answer.status === 403) { await renew(taken); return; }
        if (answer.status === 409 || answer.status === 422 || answer.status === 404) {
          say(`Not saved. ${answer.status === 404 ? "This call is not yours." : refusal(await answer.text())}`, true);
          taken.forEach((value, name) => dirty.set(name, value));
          then = null;
          return;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        show(await answer.text());
        wait = 1000;
        if (then && !dirty.size) { leave(); return; }
      } catch {
        taken.forEach((value, name) => { if (!dirty.has(name)) dirty.set(name, value); });
        say(`Not saved: we cannot be reached. Trying again in ${Math.round(wait / 1000)} s; what you typed stays here.`, true);
        later(wait);
        wait = Math.min(wait * 2, 15000);
        return;
      } finally { busy = false; }
      if (dirty.size) later(0);
    }

    function leave() { const go = then; then = null; dirty.clear(); busy = false; go(); }

    /* signed off meanwhile, or a token of before: signing in again in another window is enough */
    async function renew(taken) {
      taken.forEach((value, name) => { if (!dirty.has(name)) dirty.set(name, value); });
      const page = await (await fetch(location.href)).text();
      const fresh = new DOMParser().parseFromString(page, "text/html");
      const token = one("form[data-saves] [name=csrfmiddlewaretoken]", fresh);
      if (token) {
        document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token.value; });
        later(0);
      } else {
        say("Not saved: you were signed off. Sign in again in another window; what you typed stays here.", true);
        later(5000);
      }
    }

    function refusal(text) {
      const page = new DOMParser().parseFromString(text, "text/html");
      return (one(".problems li", page) || page.body).textContent.trim().slice(0, 200);
    }

    /* parts beside the fields are put in anew; what somebody types into is never touched */
    function show(html) {
      const fresh = new DOMParser().parseFromString(html, "text/html");
      fresh.querySelectorAll("[data-live]").forEach((part) => {
        const old = document.getElementById(part.id);
        if (old && !old.contains(document.activeElement) && old.innerHTML !== part.innerHTML) old.replaceWith(document.adoptNode(part));
      });
      const said = one("#call-saved", fresh);
      if (!dirty.size) say(said ? said.textContent : "Saved", false);
      rest();
    }
    rest();
  }

  /* ---------- finding while typing ---------- */
  const finder = one("form[data-finds]"), found = one("#found");
  if (finder && found) {
    const box = one("input[type=search]", finder);
    let asked = 0, timer = 0;
    const close = () => { found.hidden = true; found.textContent = ""; };
    const list = () => [...found.querySelectorAll("a")];
    box.addEventListener("input", () => {
      clearTimeout(timer);
      if (box.value.trim().length < 3) { close(); return; }
      timer = setTimeout(async () => {
        const mine = ++asked;
        try {
          const answer = await fetch(finder.action, { method: "POST", body: new URLSearchParams(new FormData(finder)), headers: { "X-While-Typing": "1" }, redirect: "error" });
          if (!answer.ok || mine !== asked) return;
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          found.replaceChildren(...[...page.body.childNodes].map((node) => document.adoptNode(node)));
          found.hidden = false;
        } catch { close(); /* Enter still asks for the whole page */ }
      }, 200);
    });
    const step = (by) => {
      const links = list();
      const here = links.indexOf(document.activeElement) + by;
      (links[Math.min(here, links.length - 1)] && here >= 0 ? links[Math.min(here, links.length - 1)] : box).focus();
    };
    const keys = (event) => {
      if (found.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); step(event.key === "ArrowDown" ? 1 : -1); }
      if (event.key === "Escape") { event.preventDefault(); close(); box.focus(); }
    };
    box.addEventListener("keydown", keys);
    found.addEventListener("keydown", keys);
    document.addEventListener("click", (event) => { if (!found.contains(event.target) && event.target !== box) close(); });
  }

  /* ---------- a part that follows long work: asked for again until it says that it is over ---------- */
  const follow = one("[data-follow]");
  if (follow) {
    const following = setInterval(async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(follow.dataset.follow);
        if (answer.status === 205) { clearInterval(following); location.reload(); }
        else if (answer.ok && !answer.redirected) follow.innerHTML = await answer.text();
      } catch { /* the network is away; the next round asks again */ }
    }, 2000);
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
