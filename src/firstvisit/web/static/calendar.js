/* Keys of the calendar: arrows from day to day and row to row, B books where one stands. Without this file every visit
   and every open time is a link. */
"use strict";

(() => {
  const table = document.querySelector("table.week");
  const on = () => localStorage.getItem("firstvisit.keys") !== "off";
  const rows = () => [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));

  function here() {
    const cell = document.activeElement && document.activeElement.closest("table.week td");
    return cell || table.querySelector("td[tabindex='0']");
  }

  function go(cell) {
    table.querySelectorAll("td[tabindex='0']").forEach((other) => { other.tabIndex = -1; });
    cell.tabIndex = 0;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function move(by) {
    const all = rows(), cell = here();
    const y = all.findIndex((row) => row.includes(cell)), x = y < 0 ? -1 : all[y].indexOf(cell);
    if (x < 0) return false;
    if (!cell.contains(document.activeElement)) { go(cell); return true; }
    const row = all[Math.min(Math.max(y + by[0], 0), all.length - 1)];
    go(row[Math.min(Math.max(x + by[1], 0), row.length - 1)]);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !on() || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    let done = false;
    if (event.key in STEPS && table) done = move(STEPS[event.key]);
    else if (event.key === "[" || event.key === "]") {
      const link = document.querySelector(`[data-step="${event.key}"]`);
      if (link) { link.click(); done = true; }
    } else if (event.key === "Enter" && event.target.matches("table.week td")) {
      const link = event.target.querySelector("a");
      if (link) { link.click(); done = true; }
    } else if ("bh".includes(event.key.toLowerCase()) && table) {
      const cell = here(), link = cell && cell.querySelector("[data-book]");
      if (link) { link.click(); done = true; }
    }
    if (done) event.preventDefault();
  });
})();
