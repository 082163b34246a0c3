// The live page. Everything that comes from a message is put in as text, never as HTML.
"use strict";

const SEVERITIES = ["critical", "high", "medium", "low", "info"];
const SILENCE_MS = 40_000; // two heartbeats and a bit: after that the connection is dead even if the browser does not know
const stories = new Map(); // story id → its <li>, which has the story as ``view``
const held = new Map(); // stories that came while the page was paused
let limit = 500, paused = false, greeted = false, heard = Date.now(), source = null, wait = 2_000, lastStatus = null;

// ---- the list

const newestFirst = (a, b) => b.story.order - a.story.order || (a.story.id < b.story.id ? 1 : -1);

function openParts(element) {
  return [...(element?.querySelectorAll("details[open]") ?? [])].map((each) => each.className);
}

function build(view, open = []) {
  const element = storyItem(view);
  element.id = `story-${view.story.id}`;
  element.view = view;
  for (const part of element.querySelectorAll("details")) part.open = open.includes(part.className);
  stories.set(view.story.id, element);
  return element;
}

// What is known as one story by now was two cards before.
function dropReplaced({ story }) {
  for (const id of story.replaces) {
    stories.get(id)?.remove();
    stories.delete(id);
    held.delete(id);
  }
}

function put(view, fresh) {
  const before = stories.get(view.story.id);
  const hadFocus = before?.contains(document.activeElement) ? document.activeElement : null;
  dropReplaced(view);
  const element = build(view, openParts(before));
  if (fresh && !before) element.classList.add("fresh");
  before?.remove();
  const after = [...$("list").children].find((other) => newestFirst(view, other.view) < 0);
  $("list").insertBefore(element, after ?? null);
  if (hadFocus) [...element.querySelectorAll("a, summary")].find((each) => each.tagName === hadFocus.tagName && each.href === hadFocus.href)?.focus({ preventScroll: true });
}

function trim() {
  while ($("list").childElementCount > limit) {
    stories.delete($("list").lastElementChild.view.story.id);
    $("list").lastElementChild.remove();
  }
}

function takeIn(views) {
  const fresh = views.filter(({ story }) => ![story.id, ...story.replaces].some((id) => stories.has(id) || held.has(id)));
  for (const view of views) if (paused && !stories.has(view.story.id)) held.set(view.story.id, view); else put(view, true);
  trim();
  announce(fresh);
  refresh();
}

function snapshot(views) {
  const opened = new Map([...stories].map(([id, element]) => [id, openParts(element)]));
  stories.clear(); held.clear();
  $("list").replaceChildren(...views.sort(newestFirst).map((view) => build(view, opened.get(view.story.id))));
  greeted = true;
  refresh();
}

function lead({ story, alerts }) {
  return alerts.find(({ card }) => card.id === story.lead).card;
}

function announce(fresh) {
  const loud = fresh.sort(newestFirst)[0];
  if (!greeted || !loud) return;
  $("news").textContent = fresh.length > 1 ? `${fresh.length} new stories` : `New ${loud.story.severity} story: ${lead(loud).headline}`;
}

// ---- filters

function chosen() {
  const form = new FormData($("filters"));
  return { severities: form.getAll("severity"), rule: form.get("rule") ?? "", text: (form.get("text") ?? "").trim().toLowerCase() };
}

function words({ story, alerts }) {
  const said = alerts.flatMap(({ card }) => [card.headline, card.source, card.host, card.rule, ...card.actors.map((actor) => actor.name), ...card.sentences.flatMap((sentence) => sentence.parts.map((part) => part.text).join(""))]);
  return [...said, ...story.rules.map((rule) => rule.title), ...story.sources].join("\n").toLowerCase();
}

function passes(view, { severities, rule, text }) {
  return (!severities.length || severities.includes(view.story.severity)) && (!rule || view.story.rules.some((each) => each.id === rule)) && (!text || words(view).includes(text));
}

function refresh() {
  const filters = chosen();
  let visible = 0;
  for (const element of stories.values()) {
    element.hidden = !passes(element.view, filters);
    visible += !element.hidden;
  }
  listRules(filters.rule);
  const all = stories.size, total = `${all} ${all === 1 ? "story" : "stories"}`;
  $("tally").textContent = all ? (visible === all ? total : `${visible} of ${total}`) : "";
  $("clear").hidden = !filters.severities.length && !filters.rule && !filters.text;
  emptiness();
  $("nothing").hidden = !all || visible > 0;
  $("held").hidden = !held.size;
  $("held").textContent = `Show ${held.size} new ${held.size === 1 ? "story" : "stories"}`;
}

// "Nothing has matched" is only true once everything has been read.
function emptiness() {
  const read = lastStatus?.cluster.state === "connected" && lastStatus.cluster.behind === 0;
  $("empty").hidden = !greeted || !read || stories.size > 0 || held.size > 0;
}

function listRules(current) {
  const rules = new Map([...stories.values()].flatMap(({ view }) => view.story.rules.map((rule) => [rule.id, rule.title])));
  if (current && !rules.has(current)) rules.set(current, current);
  const select = $("filters").elements.rule, known = [...select.options].slice(1).map((option) => option.value);
  const wanted = [...rules].sort((a, b) => a[1].localeCompare(b[1], "en"));
  if (wanted.map(([id]) => id).join("\n") === known.join("\n")) return;
  select.replaceChildren(select.options[0], ...wanted.map(([id, title]) => make("option", { value: id }, title)));
  select.value = current;
}

function remember() {
  const { severities, rule, text } = chosen(), query = new URLSearchParams(severities.map((each) => ["severity", each]));
  if (rule) query.set("rule", rule);
  if (text) query.set("text", text);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

function recall() {
  const query = new URLSearchParams(location.search), { elements } = $("filters");
  for (const box of elements.severity) box.checked = query.getAll("severity").includes(box.value) && SEVERITIES.includes(box.value);
  listRules(query.get("rule") ?? "");
  elements.text.value = query.get("text") ?? "";
}

// ---- the state panel

function spark(counts) {
  const most = Math.max(1, ...counts), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${counts.length} 10`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  counts.forEach((count, x) => {
    const bar = document.createElementNS(svg.namespaceURI, "rect"), height = count ? Math.max(1, (10 * count) / most) : 0.3;
    for (const [name, value] of Object.entries({ x: x + 0.1, y: 10 - height, width: 0.8, height })) bar.setAttribute(name, value);
    svg.append(bar);
  });
  return svg;
}

function count(name, counts, bad = false) {
  const sum = counts.reduce((a, b) => a + b, 0);
  return make("div", {}, make("dt", {}, name), make("dd", { class: bad && sum ? "bad" : null }, sum.toLocaleString("en")), bad && !sum ? "" : spark(counts));
}

function undelivered({ undecided, waiting, retrying, parked, difference }) {
  const rows = [["Alerts not decided yet", undecided], ["Dispatches kept waiting", waiting], ["Messages retried", retrying], ["Messages parked", parked, true], ["Alerts without an outcome", difference, true]];
  return rows.map(([name, number, isBad]) => make("div", {}, make("dt", {}, name), make("dd", { class: isBad && number ? "bad" : null }, number.toLocaleString("en"))));
}

function service(each) {
  const rows = each.stages.map((stage) => make("tr", {}, make("td", {}, stage.stage), make("td", {}, stage.lag.toLocaleString("en")),
    make("td", {}, stage.processed.toLocaleString("en")), make("td", { class: stage.dead ? "bad" : null }, stage.dead.toLocaleString("en"))));
  const head = make("tr", {}, ...["stage", "waiting", "processed", "dead"].map((name) => make("th", { scope: "col" }, name)));
  return make("li", {}, make("p", { class: "dot", "data-state": each.state }, make("b", {}, each.name), make("span", {}, each.state)),
    each.detail ? make("p", { class: "small" }, each.detail) : "", rows.length ? make("table", { class: "stages" }, make("thead", {}, head), make("tbody", {}, ...rows)) : "");
}

function feed(each) {
  return make("li", {}, make("p", {}, each.feed), make("p", { class: each.failures || each.gone ? "small bad" : "small" },
    each.gone ? "gone since " : "", each.gone ? time(each.gone) : "", each.gone ? " · " : "", each.polled ? "polled " : "not polled yet", each.polled ? time(each.polled) : "", each.failures ? ` · ${each.failures} failure${each.failures > 1 ? "s" : ""}: ${each.error}` : ""));
}

function status(told) {
  lastStatus = told;
  limit = told.limit;
  $("counts").replaceChildren(count("Articles, last hour", told.counts.articles), count("Alerts, last hour", told.counts.alerts),
    count("Dead letters, last day", told.counts.dead_letters, true), ...(told.unreadable ? [count("Records that cannot be shown", [told.unreadable], true)] : []));
  $("deliveries").replaceChildren(...undelivered(told.deliveries));
  $("services").replaceChildren(...told.services.map(service));
  $("feeds-section").hidden = !told.feeds.length;
  $("feeds").replaceChildren(...told.feeds.map(feed));
  const down = told.services.filter((each) => each.state !== "up").map((each) => `${each.name} ${each.state}`);
  $("state-summary").textContent = told.services.length ? `· ${down.join(", ") || "all services up"}` : "";
  emptiness();
  connection();
}

function connection() {
  const [state, text] = said();
  if ($("connection").textContent !== text) $("connection").textContent = text;
  $("connection").dataset.state = state;
}

function said() {
  if (source?.readyState !== EventSource.OPEN) return greeted ? ["lost", "connection lost, reconnecting"] : ["connecting", "connecting…"];
  const { state, since_ms, behind } = lastStatus?.cluster ?? { state: "connecting" };
  if (state === "lost") return ["lost", `Kafka does not answer, since ${new Date(since_ms).toISOString().slice(11, 19)} UTC`];
  if (state === "connecting") return ["connecting", "waiting for Kafka…"];
  return behind > 1_000 ? ["connecting", `catching up, ${behind.toLocaleString("en")} records`] : ["live", paused ? "live, paused" : "live"];
}

// ---- the connection

function listen(kind, act) {
  source.addEventListener(kind, (event) => {
    heard = Date.now();
    act(JSON.parse(event.data));
    connection();
  });
}

function connect() {
  source?.close();
  source = new EventSource("/events");
  heard = Date.now();
  source.onopen = () => { wait = 2_000; heard = Date.now(); connection(); };
  source.onerror = () => {
    connection();
    if (source.readyState === EventSource.CLOSED) { setTimeout(connect, wait * (0.5 + Math.random())); wait = Math.min(60_000, wait * 2); }
  };
  listen("snapshot", snapshot);
  listen("stories", takeIn);
  listen("status", status);
  listen("beat", () => {});
}

function tick() {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const text = relative(element.dateTime);
    if (element.textContent !== text) element.textContent = text;
  }
  if (source.readyState === EventSource.OPEN && Date.now() - heard > SILENCE_MS) connect();
}

function pause(now) {
  paused = now;
  $("pause").setAttribute("aria-pressed", String(paused));
  $("pause").textContent = paused ? "Resume" : "Pause";
  if (!paused) release();
  connection();
}

function release() {
  const waiting = [...held.values()];
  held.clear();
  for (const view of waiting) put(view, true);
  trim();
  refresh();
}

$("pause").addEventListener("click", () => pause(!paused));
$("held").addEventListener("click", release);
$("filters").addEventListener("input", () => { refresh(); remember(); });
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(() => { refresh(); remember(); }));
$("state").open = matchMedia("(min-width: 60.01rem)").matches;
recall();
connect();
setInterval(tick, 10_000);
