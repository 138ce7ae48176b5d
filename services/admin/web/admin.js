// Comfort on top of pages that work without it: copying, a log-in name from the full name, and
// numbers that refresh by themselves.

const EVERY_MS = 5000;

for (const button of document.querySelectorAll("[data-copy]")) {
  const input = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span");
  const before = words.textContent;
  button.hidden = false;
  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      words.textContent = "Copied";
    } catch {
      words.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C";
    }
    words.setAttribute("role", "status");
    setTimeout(() => { words.textContent = before; }, 2500);
  });
}

for (const input of document.querySelectorAll("[data-from]")) {
  const source = document.getElementById(input.dataset.from);
  let own = input.value !== "";
  input.addEventListener("input", () => { own = input.value !== ""; });
  source.addEventListener("input", () => {
    if (!own) input.value = loginName(source.value);
  });
}

function loginName(full) {
  const german = { "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d" };
  return full.toLowerCase()
    .replace(/[äöüßæøłđ]/g, (letter) => german[letter])
    .normalize("NFD").replace(/[^a-z0-9 ._-]/g, "")
    .trim().replace(/[ ]+/g, ".").replace(/^[._-]+/, "").slice(0, 32);
}

for (const live of document.querySelectorAll("[data-live]")) {
  live.hidden = false;
  let waiting = null;
  const refresh = async () => {
    clearTimeout(waiting);
    const start = performance.now();
    if (!document.hidden) await show(live);
    const took = performance.now() - start;
    waiting = setTimeout(refresh, Math.max(EVERY_MS, 20 * took));
  };
  document.addEventListener("visibilitychange", refresh);
  waiting = setTimeout(refresh, EVERY_MS);
}

async function show(live) {
  try {
    const answer = await fetch(live.dataset.live, { headers: { accept: "application/json" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const news = await answer.json();
    for (const fact of news.facts ?? []) {
      put(`[data-value="${fact.key}"]`, fact.value);
      put(`[data-note="${fact.key}"]`, fact.note);
    }
    for (const row of news.rows ?? []) showRow(row);
    if (news.rows) put('[data-value="online"]', String(news.rows.filter((row) => row.online).length));
    live.classList.remove("stale");
  } catch {
    live.classList.add("stale");
  }
}

function showRow(row) {
  const place = document.querySelector(`[data-row="${row.name}"]`);
  if (!place) return;
  place.querySelector("[data-dot]").className = row.dot;
  for (const name of ["there", "devices", "waiting"]) {
    const cell = place.querySelector(`[data-${name}]`);
    if (cell.textContent !== row[name]) cell.textContent = row[name];
  }
}

function put(selector, text) {
  const place = document.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}
