// Comfort on top of pages that work without it: copying, a log-in name from the full name, parts
// that refresh by themselves, uploads with progress, a log that grows.

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

// A file's text into a field, on this device.
for (const input of document.querySelectorAll("[data-into]")) {
  input.closest("label").hidden = false;
  input.addEventListener("change", async () => {
    const field = document.getElementById(input.dataset.into);
    const texts = await Promise.all([...input.files].map((file) => file.text()));
    field.value = [field.value.trim(), ...texts].filter((text) => text !== "").join("\n");
    field.focus();
  });
}

// Parts of the page, taken from a fresh copy of it.
if (document.querySelector("[data-refresh]")) {
  let waiting = null;
  const signs = () => document.querySelectorAll("[data-refresh]");
  const refresh = async () => {
    clearTimeout(waiting);
    const start = performance.now();
    if (!document.hidden) await renew();
    const sign = signs()[0];
    const took = performance.now() - start;
    if (sign) waiting = setTimeout(refresh, Math.max(1000 * Number(sign.dataset.refresh), 20 * took));
  };
  const renew = async () => {
    try {
      const answer = await fetch(location.pathname + location.search.replace(/[?&]done=[a-z-]+/, ""), { redirect: "error", credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-part]")) {
        const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
        const isBusy = part.contains(document.activeElement) || part.querySelector("details[open]");
        if (next && !isBusy && next.innerHTML !== part.dataset.shown) {
          part.dataset.shown = next.innerHTML;
          part.innerHTML = next.innerHTML;
        }
      }
      for (const sign of signs()) { sign.hidden = false; sign.classList.remove("stale"); }
    } catch {
      for (const sign of signs()) sign.classList.add("stale");
    }
  };
  for (const part of document.querySelectorAll("[data-part]")) part.dataset.shown = part.innerHTML;
  for (const sign of signs()) sign.hidden = false;
  document.addEventListener("visibilitychange", refresh);
  waiting = setTimeout(refresh, 1000 * Number(signs()[0].dataset.refresh));
}

// An upload says how far it is; the answer is shown as if the browser had sent the form.
for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const bar = form.querySelector("progress");
    const button = form.querySelector("button[type=submit]");
    const request = new XMLHttpRequest();
    bar.hidden = false;
    button.disabled = true;
    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = total ? 100 * loaded / total : 0; });
    request.addEventListener("load", () => {
      if (request.status < 400) { location.href = request.responseURL; return; }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      document.querySelector("main").replaceWith(answer.querySelector("main"));
      document.querySelector("main [role=alert]")?.scrollIntoView({ block: "center" });
    });
    request.addEventListener("error", () => { bar.hidden = true; button.disabled = false; alertIn(form, "The upload broke off. Try again."); });
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

function alertIn(form, words) {
  form.querySelector("[data-said]")?.remove();
  const said = document.createElement("p");
  said.className = "form-error";
  said.dataset.said = "";
  said.setAttribute("role", "alert");
  said.textContent = words;
  form.prepend(said);
}

// The change on trial: how long it has, and where the pages are once this address is gone.
for (const trial of document.querySelectorAll("[data-left]")) {
  const end = performance.now() + Number(trial.dataset.left);
  const words = trial.querySelector("[data-left-words]");
  const tick = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000);
    words.textContent = `${Math.max(left, 0)} s`;
    if (left < -2) { clearInterval(tick); location.reload(); }
  }, 500);
}

for (const place of document.querySelectorAll("[data-next]")) {
  let missed = 0;
  setInterval(async () => {
    missed = await answers() ? 0 : missed + 1;
    if (missed === 2) location.href = place.dataset.next;
  }, 3000);
}

// After a restart: go on when the appliance is back.
for (const place of document.querySelectorAll("[data-return]")) {
  let gone = false;
  setInterval(async () => {
    const there = await answers();
    if (there && gone) location.href = place.dataset.return;
    gone ||= !there;
  }, 3000);
}

async function answers() {
  try {
    await fetch("/admin/files/admin.svg", { cache: "no-store", signal: AbortSignal.timeout(2500) });
    return true;
  } catch {
    return false;
  }
}

// The log as it grows.
for (const log of document.querySelectorAll("[data-log]")) {
  const MOST = 1000;
  const list = log.querySelector(".lines");
  const state = document.querySelector("[data-log-state]");
  const pause = document.querySelector("[data-pause]");
  const form = new Intl.DateTimeFormat("en-GB", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: log.dataset.zone });
  let cursor = log.dataset.log;
  let source = null;

  const show = ({ unix_ms, service, level, words }) => {
    const row = document.createElement("li");
    row.className = level <= 3 ? "bad" : level === 4 ? "wait" : level >= 7 ? "detail" : "plain";
    const time = document.createElement("time");
    const part = Object.fromEntries(form.formatToParts(unix_ms).map(({ type, value }) => [type, value]));
    time.textContent = `${part.month} ${part.day} ${part.hour}:${part.minute}:${part.second}`;
    const name = document.createElement("span");
    name.className = "log-service";
    name.textContent = service;
    const text = document.createElement("span");
    text.className = "log-words";
    if (level <= 4) {
      const strong = document.createElement("strong");
      strong.textContent = level <= 3 ? "Error: " : "Warning: ";
      text.append(strong);
    }
    text.append(words);
    row.append(time, name, text);
    list.prepend(row);
    if (list.children.length > MOST) list.lastElementChild.remove();
    log.querySelector(".nobody").hidden = true;
  };
  const open = () => {
    const { service, level, words } = log.dataset;
    source = new EventSource(`/api/v1/log/follow?${new URLSearchParams({ after: cursor, service, level, words, limit: "1000" })}`);
    source.addEventListener("open", () => { state.classList.remove("stale"); });
    source.addEventListener("lines", (event) => {
      const found = JSON.parse(event.data);
      cursor = found.cursor;
      found.lines.forEach(show);
    });
    // The browser would begin again at the first cursor.
    source.addEventListener("error", () => { state.classList.add("stale"); shut(); setTimeout(() => { if (!paused) open(); }, 5000); });
  };
  const shut = () => { source?.close(); source = null; };
  let paused = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    state.textContent = paused ? "Paused" : "Live";
    state.classList.toggle("stale", paused);
    if (paused) shut(); else open();
  });
  addEventListener("pagehide", shut);
  state.hidden = false;
  pause.hidden = false;
  if (cursor) open();
}
