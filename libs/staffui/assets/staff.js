// Politeness only: every page works without this file.
// It warns before the session ends, saves drafts, ignores a second press of a button, and leaves on three times Shift.

const WARNS = 180; // seconds before the end
const SPOKEN = [120, 60, 20]; // seconds before the end at which it is spoken again
const region = document.getElementById("app-say");
const dialog = document.getElementById("app-session");
const whole = Number(dialog?.dataset.endsIn);
let timers = [];
let warned = false;

function say(text) {
  if (region) region.textContent = text;
}

// The words have the number in them: plurals are not made here.
function left(seconds) {
  return dialog.dataset[seconds > 20 ? `m${Math.min(Math.ceil(seconds / 60), 3)}` : "s20"];
}

// The dialog comes once: whoever closes it goes on typing, and only hears how long there is.
function warn(seconds) {
  if (!dialog.open && !warned) dialog.showModal();
  warned = true;
  dialog.querySelector("[data-left]").textContent = left(seconds);
  say(left(seconds));
}

function watch(seconds) {
  timers.forEach(clearTimeout);
  warned = false;
  timers = [WARNS, ...SPOKEN]
    .filter((before) => before < seconds)
    .map((before) => setTimeout(() => warn(before), (seconds - before) * 1000));
  if (seconds <= WARNS) warn(seconds);
  timers.push(setTimeout(() => say(dialog.dataset.over), seconds * 1000));
}

// Staying signed in leaves the page as it is, with everything typed. The answer says how many seconds there are now.
async function stay(event) {
  event.preventDefault();
  const form = event.target;
  const sent = { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) };
  try {
    const answer = await fetch(form.action, sent);
    if (!answer.ok) throw new Error(String(answer.status));
    watch((await answer.json()).ends_in);
    dialog.close();
    say(dialog.dataset.stayed);
  } catch {
    say(dialog.dataset.failed);
    dialog.querySelector("[data-left]").textContent = dialog.dataset.failed;
  }
}

if (dialog && dialog.showModal) {
  dialog.querySelector("[data-stay]").addEventListener("submit", stay);
  watch(whole);
}

// A draft is saved on each change and some seconds after the last key; once the form is sent, no more.
const form = document.querySelector("[data-draft]");
let waiting;
let saving;

async function save() {
  if (form.dataset.sent) return;
  saving = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.append("draft", "");
  const answer = await fetch(form.action, { method: "POST", body, signal: saving.signal }).catch(() => null);
  const saved = answer?.status === 200 && (await answer.json()).saved;
  const line = document.getElementById("app-saved");
  if (!saved || !line) return;
  line.textContent = form.dataset.draft.replace("{time}", saved);
  if (dialog && !dialog.open) watch(whole); // whoever types is at work, and the server knows it
}

function later(event) {
  clearTimeout(waiting);
  waiting = setTimeout(save, event.type === "change" ? 0 : 5000);
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  clearTimeout(waiting);
  if (form.method !== "post" || form.matches("[data-stay]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "sent";
  saving?.abort(); // a draft that arrives after the act would come back as unsent
});

// Back shows the page as it was left: its buttons work again.
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));

const exit = document.querySelector(".app-exit");
if (exit) exit.addEventListener("click", leave);
if (exit && "exitKeys" in exit.dataset) {
  let pressed = 0;
  let last = 0;
  addEventListener("keyup", (event) => {
    const now = Date.now();
    pressed = event.key !== "Shift" ? 0 : now - last < 1000 ? pressed + 1 : 1;
    last = now;
    if (pressed === 3) leave();
  });
}

function leave(event) {
  document.documentElement.hidden = true; // blank at once, before the answer comes
  if (!event) location.replace(exit.href);
}

const notice = document.querySelector("[data-notice]");
if (notice) setTimeout(() => say(notice.textContent.trim()), 200);
