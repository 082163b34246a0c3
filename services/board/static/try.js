// Try a rule: sends the expression to the board at every change, a moment after the last key press. Only the answer to the latest request is shown.
"use strict";

const PAUSE_MS = 300;
let asked = 0, timer = 0, at = null;

function question() {
  const form = new FormData($("trial")), on = form.get("on");
  const told = { expression: form.get("expression") };
  if (on === "text") return { ...told, headline: form.get("headline"), text: form.get("text") };
  return on ? { ...told, article: on } : told;
}

async function ask() {
  const number = ++asked, told = question();
  at?.abort();
  at = new AbortController();
  remember(told.expression);
  if (!told.expression.trim()) return show({});
  $("results").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/api/try", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told), signal: at.signal });
    const found = await answer.json();
    if (number === asked) show(found);
    if (number === asked && found.firing) await count(number, told);
  } catch (error) {
    if (error.name !== "AbortError" && number === asked) show({ refused: "the board does not answer; change the expression to try again" });
  }
}

// The messages are counted after the matches are shown: it takes longer.
async function count(number, told) {
  const body = JSON.stringify({ ...told, count: true, severity: $("severity").value });
  const answer = await fetch("/api/try", { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: at.signal });
  const found = await answer.json();
  if (number === asked) $("messages")?.replaceChildren(...(found.messages ? messages(found) : [make("p", { class: "small" }, found.refused ?? "")]));
}

function remember(expression) {
  history.replaceState(null, "", expression.trim() ? `?${new URLSearchParams({ expression })}` : location.pathname);
}

function show(found) {
  $("results").setAttribute("aria-busy", String(Boolean(found.error || found.refused))); // what is shown is then another expression's
  verdict(found);
  if (found.error || found.refused) return;
  $("results").replaceChildren(...(found.one ? one(found.one) : "tried" in found ? many(found) : []));
}

// ---- the expression

function verdict(found) {
  const line = $("verdict"), problem = found.error ?? found.findings?.[0];
  line.dataset.level = found.refused || found.error || found.findings?.some((finding) => finding.level === "error") ? "error" : problem ? "warning" : "good";
  if (found.refused) return line.replaceChildren(found.refused);
  if (problem) return line.replaceChildren(...said(problem));
  line.replaceChildren(...(found.rule ? ["Read as ", make("code", {}, found.rule)] : []));
}

function said(problem) {
  const jump = make("button", { type: "button", class: "place" }, `line ${problem.line}, column ${problem.column}`);
  jump.addEventListener("click", () => select(problem));
  return [jump, ` ${problem.message}`, problem.suggestion ? make("span", { class: "hint" }, ` — ${problem.suggestion}`) : ""];
}

// Columns count characters; a text area counts UTF-16 units.
function select({ line, column }) {
  const box = $("expression"), lines = box.value.split("\n");
  const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const start = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  box.focus();
  box.setSelectionRange(start, Math.min(start + 1, box.value.length));
}

// ---- what it finds

function many(found) {
  if (!found.tried) return [make("p", { class: "small" }, "No article has arrived yet: paste a text, or wait for one.")];
  const count = make("p", { class: "count" }, make("b", {}, `${found.firing}`), ` of the last ${found.tried} articles would fire`);
  const more = found.firing > found.fires.length ? [make("p", { class: "small" }, `and ${found.firing - found.fires.length} more`)] : [];
  const misses = found.nearest.length ? [make("h3", {}, "Nearest misses"), ...found.nearest.map(miss)] : [];
  const words = found.suggestions.length ? [make("h3", {}, "Words that similar articles have"), ...found.suggestions.map(suggestion)] : [];
  const sent = found.firing ? [make("div", { id: "messages", class: "receivers" }, make("p", { class: "small" }, "Counting messages …"))] : [];
  const hits = found.fires.length ? [make("h3", {}, "Articles that would fire"), ...found.fires.map(fires)] : [];
  return [count, ...sent, ...hits, ...more, ...misses, ...words];
}

const MESSAGES = new Set(["first", "update", "corroborated", "correction", "withdrawal", "burst", "digest", "notice"]);

// What each receiver would have had, through the same grouping and routes that deliver.
function messages({ firing, counted, messages: receivers }) {
  const all = counted < firing ? `the newest ${counted} of ${firing} that fire` : `${plural(firing, "article")} that fire${firing === 1 ? "s" : ""}`;
  const note = make("p", { class: "small" }, `Messages for ${all}, through grouping and routes`);
  return [note, make("ul", { class: "clauses" }, ...receivers.map(receiver))];
}

function receiver({ destination, receiver: name, messages: sent, kinds, days, busiest_hour: hour }) {
  const texts = (isMessage) => Object.entries(kinds).filter(([kind]) => MESSAGES.has(kind) === isMessage).map(([kind, count]) => `${count} ${kind}`).join(", ");
  const [told, untold] = [texts(true), texts(false)], most = days.reduce((best, day) => (day.messages > best.messages ? day : best), { messages: 0 });
  const peak = most.messages > 1 ? [`; most on ${most.day}: ${most.messages}`, hour?.messages > 1 ? `, ${hour.messages} in the hour from ${moment(hour.at)}` : ""] : [];
  return make("li", {}, make("b", {}, plural(sent, "message")), ` to ${destination ?? "its own destination"}${name ? ` (${name})` : ""}`,
    told ? `: ${told}` : "", untold ? `; without a message of their own: ${untold}` : "", ...peak);
}

function suggestion({ word, articles, similar, messages_per_day: cost, rule }) {
  const others = articles - similar;
  return make("section", { class: "found missed" },
    make("p", {}, make("code", {}, word), `: ${similar} more like these, ${others} other${others === 1 ? "" : "s"}; ${cost} messages a day`), take(rule));
}

function one(found) {
  return found.fires ? [make("h3", { class: "count" }, make("b", {}, "Fires"), " on this article"), fires(found)]
    : [make("h3", { class: "count" }, make("b", {}, "Does not fire"), " on this article"), miss(found)];
}

function head(article) {
  return [make("h4", { dir: "auto" }, article.headline || "(no headline)"),
    make("p", { class: "meta" }, make("span", { dir: "auto" }, article.source), make("span", { class: "moment" }, moment(article.published, article.published_precision)))];
}

function fires(article) {
  return make("section", { class: "found" }, ...head(article),
    ...article.sentences.map((sentence) => make("p", { class: "sentence", dir: "auto" }, ...stretches(sentence.parts))),
    make("ul", { class: "clauses" }, ...article.clauses.map(({ clause, words }) =>
      make("li", {}, make("code", {}, clause), " ← ", words.map((word) => `“${word}”`).join(", ")))));
}

function miss(article) {
  const more = article.failing > 1 ? [make("p", { class: "small" }, `${article.failing} clauses fail in total`)] : [];
  return make("section", { class: "found missed" }, ...head(article),
    make("p", {}, make("code", {}, article.clause), `: ${article.reason}`), ...more,
    ...article.edits.map((edit) => make("p", {}, "Smallest change: ", edit)), article.changed ? take(article.changed) : make("p", { class: "small" }, "No small change makes it fire on this article."));
}

function take(rule) {
  const button = make("button", { type: "button" }, "Try it");
  button.addEventListener("click", () => { $("expression").value = rule; $("expression").focus(); ask(); });
  return make("p", { class: "changed" }, make("code", {}, rule), " ", button);
}

// ---- the articles to choose from

async function list() {
  const chosen = $("on").value, answer = await fetch("/api/articles"), articles = await answer.json();
  const options = articles.map((article) => make("option", { value: article.id }, `${moment(article.published, article.published_precision).slice(0, 10)} · ${article.source} · ${article.headline}`.slice(0, 120)));
  $("on").replaceChildren(...[...$("on").options].slice(0, 2), ...(options.length ? [make("optgroup", { label: "one of them" }, ...options)] : []));
  $("on").value = chosen;
  if ($("on").selectedIndex < 0) $("on").selectedIndex = 0;
}

function changed() {
  $("paste").hidden = $("on").value !== "text";
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE_MS);
}

$("trial").addEventListener("input", changed);
$("trial").addEventListener("submit", (event) => event.preventDefault());
$("on").addEventListener("focus", () => list().catch(() => {}));
$("expression").value = new URLSearchParams(location.search).get("expression")?.slice(0, 2000) ?? "";
list().catch(() => {});
if ($("expression").value) ask(); else $("expression").focus();
