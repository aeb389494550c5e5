/* The copy-card: a key, two where there are many, or a press copies one field. Without this file every value can be selected as a whole. */
"use strict";

(() => {
  const said = document.getElementById("copied");
  document.addEventListener("firstkey", ({ detail }) => {
    said.textContent = detail ? `${detail.toUpperCase()}, and now the second key.` : "";
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const value = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      const field = button.closest("tr").querySelector(".copy"), range = document.createRange();
      range.selectNodeContents(field);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      said.textContent = `${button.dataset.label} is marked: press Ctrl C.`;
      return;
    }
    document.querySelectorAll("tr.copied").forEach((row) => row.classList.remove("copied"));
    button.closest("tr").classList.add("copied");
    said.textContent = `${button.dataset.label} is copied.`;
  });
})();
