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
