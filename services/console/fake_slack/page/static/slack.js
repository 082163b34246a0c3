// Keep the page up to date, and react without leaving the place. Without it, forms and reloading do.
"use strict";

const EVERY_MS = 2000;
const main = () => document.querySelector("main");
const connection = document.getElementById("connection");
let isBusy = false;
// What the server sent for each message: a thread that the reader closed is no change.
const served = new WeakMap();

document.documentElement.classList.add("scripted");
document.getElementById("user").addEventListener("change", (event) => event.target.form.requestSubmit());

function isAtEnd() {
  const page = document.documentElement;
  return page.scrollHeight - page.scrollTop - page.clientHeight < 80;
}

function scrollToEnd() {
  window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

function remember(message) {
  served.set(message, message.innerHTML);
}

// Replace what changed, and nothing else: focus, selection and open threads stay.
function update(fresh) {
  const wasAtEnd = isAtEnd();
  const old = main();
  const focused = document.activeElement?.closest("article")?.id;
  const name = document.activeElement?.value;
  for (const part of ["h1", ".note"]) {
    old.querySelector(part).replaceWith(fresh.querySelector(part));
  }
  const [list, newer] = [old, fresh].map((each) => each.querySelector("#messages"));
  const byId = new Map([...list.children].map((each) => [each.id, each]));
  const next = [...newer.children].map((each) => {
    const current = byId.get(each.id);
    if (current && served.get(current) === each.innerHTML) return current;
    remember(each);
    if (current?.querySelector("details:not([open])")) each.querySelector("details")?.removeAttribute("open");
    return each;
  });
  for (const each of [...list.children]) if (!next.includes(each)) each.remove();
  next.forEach((each, index) => {
    if (list.children[index] !== each) list.insertBefore(each, list.children[index] ?? null);
  });
  old.dataset.revision = fresh.dataset.revision;
  if (focused && !document.activeElement?.closest("article")) {
    document.getElementById(focused)?.querySelector(`:scope > form button[value="${CSS.escape(name)}"]`)?.focus();
  }
  if (wasAtEnd) scrollToEnd();
}

async function refresh(answer) {
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, "text/html");
  document.querySelector("nav").replaceWith(page.querySelector("nav"));
  update(page.querySelector("main"));
}

async function poll() {
  if (isBusy || document.hidden) return;
  isBusy = true;
  try {
    const revision = await (await fetch("/revision")).text();
    if (revision !== main().dataset.revision) await refresh(await fetch(location.pathname + location.search));
    connection.textContent = "up to date";
    connection.classList.remove("lost");
  } catch {
    connection.textContent = "the stand-in does not answer";
    connection.classList.add("lost");
  } finally {
    isBusy = false;
  }
}

document.addEventListener("submit", async (event) => {
  if (!event.target.matches(".reactions")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  try {
    const answer = await fetch("/reactions", { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    await refresh(answer);
  } catch {
    connection.textContent = "the reaction was not taken";
    connection.classList.add("lost");
  }
});

document.querySelectorAll("#messages > *").forEach(remember);
if (!location.hash) scrollToEnd();
setInterval(poll, EVERY_MS);
