// What every page of the board builds its elements with. Text from outside goes in as text, never as HTML.
"use strict";

const $ = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function moment(iso, precision = "moment") {
  const minute = new Date(iso).toISOString().slice(0, 16).replace("T", " ");
  if (precision === "day") return minute.slice(0, 10);
  return precision === "zoneless" ? `${minute}, time zone unknown` : `${minute} UTC`;
}

function relative(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const [size, unit] = [[31_557_600, "year"], [2_629_800, "month"], [86_400, "day"], [3_600, "hour"], [60, "minute"]].find(([each]) => Math.abs(seconds) >= each) ?? [1, "second"];
  if (unit === "second" && Math.abs(seconds) < 10) return "just now";
  return new Intl.RelativeTimeFormat("en", { numeric: "always" }).format(Math.trunc(seconds / size), unit);
}

function time(iso, text = relative(iso)) {
  return make("time", { datetime: iso, title: moment(iso), "data-relative": true }, text);
}

// A sentence or a paragraph in stretches, those that a rule matched marked.
function stretches(parts) {
  return parts.map((part) => (part.mark ? make("mark", {}, part.text) : document.createTextNode(part.text)));
}

const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

function span(seconds) {
  if (seconds < 5_400) return `${Math.max(1, Math.round(seconds / 60))} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

const REFRESH_MS = 10_000;

function refreshTimes() {
  for (const element of document.querySelectorAll("time[data-relative]")) element.textContent = relative(element.dateTime);
}

// Show what a path answers, now and every ten seconds, if it has changed; while somebody decides, nothing moves.
// Returns a function that asks at once.
function poll(path, show, isAsking = () => false) {
  let last = "";
  async function read() {
    try {
      const answer = await fetch(path), text = await answer.text();
      if (answer.ok && text !== last && !isAsking()) {
        last = text;
        show(JSON.parse(text));
      }
    } catch {
      $("said").textContent = "the board does not answer: this may be out of date";
      last = "";
    }
  }
  read();
  setInterval(() => { refreshTimes(); read(); }, REFRESH_MS);
  return read;
}

// Ask the board for a change: what it answers, or why it refuses.
async function post(path, body) {
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }), result = await answer.json();
    return answer.ok ? { result } : { refused: result.refused };
  } catch {
    return { refused: "the board does not answer: try again" };
  }
}
