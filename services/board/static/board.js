// The live page. Everything that comes from a message is put in as text, never as HTML.
"use strict";

const SEVERITIES = ["critical", "high", "medium", "low", "info"];
const SILENCE_MS = 40_000; // two heartbeats and a bit: after that the connection is dead even if the browser does not know
const alerts = new Map(); // alert id → {card, lines}
const shown = new Map(); // alert id → its <li>
const held = new Map(); // alerts that came while the page was paused
let limit = 500, paused = false, greeted = false, heard = Date.now(), source = null, wait = 2_000, lastStatus = null;

// ---- building elements (make, moment, relative and time are dom.js's)

function duration(seconds) {
  const size = Math.abs(seconds);
  if (size < 1) return `${Math.round(seconds * 1000)} ms`;
  if (size < 120) return `${seconds.toFixed(1)} s`;
  return size < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

// ---- one alert

function headline(card) {
  const words = card.headline || "(no headline)";
  if (!card.link) return make("h3", { dir: "auto" }, words);
  return make("h3", { dir: "auto" }, make("a", { href: card.link, rel: "noopener noreferrer", target: "_blank" }, words));
}

function meta(card) {
  const dated = card.published_by === "fetched" ? "publication time unknown, fetched " : "published ";
  const by = { page: "", feed: " according to the feed", manifest: " according to the seed's manifest", fetched: "" }[card.published_by] ?? "";
  const withdrawn = { canceled: "withdrawn by the publisher", withheld: "withheld by the publisher" }[card.status];
  return make("p", { class: "meta" },
    make("span", { dir: "auto" }, [card.source, card.host].filter((part, i, all) => part && all.indexOf(part) === i).join(" · ")),
    make("span", {}, dated, make("span", { class: "moment" }, moment(card.published, card.published_precision)), `${by} · `, time(card.published)),
    withdrawn ? make("span", { class: "tag withdrawn" }, withdrawn) : null,
    card.replayed ? make("span", { class: "tag" }, "replayed") : null);
}

function sentences(card) {
  const rows = card.sentences.map((sentence) => make("p", { class: "sentence", dir: "auto", lang: card.language || null },
    ...stretches(sentence.parts)));
  if (card.more_sentences) rows.push(make("p", { class: "small" }, `and ${card.more_sentences} more matching sentence${card.more_sentences > 1 ? "s" : ""}`));
  return rows;
}

function actors(card) {
  if (!card.actors.length) return null;
  const items = card.actors.map((actor) => make("li", { dir: "auto" }, make("a", { href: `/actor/${encodeURIComponent(actor.id)}` }, make("b", {}, actor.name)), ...actor.offices.flatMap((office, i) => [
    make("span", {}, `${i ? "; " : ", "}${office.acting ? "acting " : ""}${office.title}`),
    office.verified ? "" : make("i", {}, " (dates unverified)")])));
  if (card.more_actors) items.push(make("li", { class: "small" }, `and ${card.more_actors} more`));
  return make("ul", { class: "actors", "aria-label": "Actors and their offices on that date" }, ...items);
}

function took(card) {
  if (!card.hops.length) return null;
  const total = card.hops.reduce((sum, hop) => sum + hop.seconds, 0);
  const label = `${card.hops[0].start} → ${card.hops.at(-1).end} ${duration(total)}`;
  const segments = card.hops.map((hop) => {
    const segment = make("i", { "data-end": hop.end });
    segment.style.flexGrow = Math.max(0, hop.seconds);
    return segment;
  });
  const figures = card.hops.map((hop) => make("li", {}, make("i", { "data-end": hop.end, "aria-hidden": "true" }), `${hop.end} ${hop.seconds < 0 ? "" : "+"}${duration(hop.seconds)}`));
  return make("div", { class: "took" }, make("span", {}, `${label}${card.replayed ? " (replayed: processing only)" : ""}`),
    make("div", { class: "bar", "aria-hidden": "true" }, ...segments), make("ul", { class: "figures" }, ...figures));
}

function line(each) {
  const said = { intent: "being sent", retry: "retrying", undecided: "pending" }[each.state] ?? each.state;
  const notes = [each.note, each.attempts > 1 ? `${each.attempts} attempts` : "", each.in_doubt ? "possible repeat" : ""].filter(Boolean).join(", ");
  return make("li", { "data-state": each.state }, `${each.destination} `, make("b", {}, said), each.at ? " " : "", each.at ? time(each.at) : null, notes && each.state !== "delivered" ? ` · ${notes}` : "");
}

function why(card) {
  if (!card.why.length) return null;
  return make("details", { class: "why" }, make("summary", {}, "Why"), make("ul", {},
    ...card.why.map((reason) => make("li", {}, make("code", {}, reason.clause), " ← ", reason.words.map((word) => `“${word}”`).join(", ")))));
}

function outcome({ lines }) {
  return lines.length ? make("ul", { class: "lines", "aria-label": "Delivery" }, ...lines.map(line)) : make("span", {}, "on this board only");
}

function item(entry) {
  const { card } = entry;
  return make("li", { class: "card", id: `alert-${card.id}`, "data-severity": card.severity },
    make("div", { class: "kicker" }, make("span", { class: "severity" }, card.severity), make("span", { class: "rule", dir: "auto" }, card.rule), time(new Date(card.order).toISOString())),
    headline(card), meta(card), ...sentences(card), actors(card),
    make("div", { class: "foot" }, make("div", { class: "outcome" }, outcome(entry)), took(card), why(card), make("p", { class: "ways" },
      make("a", { class: "explain", href: `/why/${encodeURIComponent(card.id)}` }, "Explain this alert"), make("a", { class: "explain", href: `/clean?${new URLSearchParams({ article: card.article })}` }, "Original and cleaned"))));
}

// ---- the list

const newestFirst = (a, b) => b.card.order - a.card.order || (a.card.id < b.card.id ? 1 : -1);

function put(entry, fresh) {
  const id = entry.card.id, before = shown.get(id);
  alerts.set(id, entry);
  if (before) return before.querySelector(".outcome").replaceChildren(outcome(entry)); // an alert is a fact: only what became of it changes
  const element = item(entry);
  element.entry = entry;
  if (fresh) element.classList.add("fresh");
  shown.set(id, element);
  const after = [...$("list").children].find((other) => newestFirst(entry, other.entry) < 0);
  $("list").insertBefore(element, after ?? null);
}

function trim() {
  while ($("list").childElementCount > limit) {
    const last = $("list").lastElementChild;
    alerts.delete(last.entry.card.id);
    shown.delete(last.entry.card.id);
    last.remove();
  }
}

function takeIn(entries) {
  const fresh = entries.filter(({ card }) => !alerts.has(card.id) && !held.has(card.id));
  for (const entry of entries) if (paused && !alerts.has(entry.card.id)) held.set(entry.card.id, entry); else put(entry, true);
  trim();
  announce(fresh);
  refresh();
}

function snapshot(entries) {
  const kept = new Map([...shown].map(([id, element]) => [id, element.querySelector(".why")?.open]));
  alerts.clear(); shown.clear(); held.clear();
  $("list").replaceChildren(...entries.sort(newestFirst).map((entry) => {
    const element = item(entry), { id } = entry.card;
    element.entry = entry;
    alerts.set(id, entry);
    shown.set(id, element);
    if (kept.get(id)) element.querySelector(".why").open = true;
    return element;
  }));
  greeted = true;
  refresh();
}

function announce(fresh) {
  const loud = fresh.sort(newestFirst)[0];
  if (!greeted || !loud) return;
  $("news").textContent = fresh.length > 1 ? `${fresh.length} new alerts` : `New ${loud.card.severity} alert: ${loud.card.headline}`;
}

// ---- filters

function chosen() {
  const form = new FormData($("filters"));
  return { severities: form.getAll("severity"), rule: form.get("rule") ?? "", text: (form.get("text") ?? "").trim().toLowerCase() };
}

function words({ card }) {
  const said = [card.headline, card.source, card.host, card.rule, ...card.actors.map((actor) => actor.name), ...card.sentences.flatMap((sentence) => sentence.parts.map((part) => part.text).join(""))];
  return said.join("\n").toLowerCase();
}

function passes(entry, { severities, rule, text }) {
  return (!severities.length || severities.includes(entry.card.severity)) && (!rule || entry.card.rule_id === rule) && (!text || words(entry).includes(text));
}

function refresh() {
  const filters = chosen();
  let visible = 0;
  for (const [id, element] of shown) {
    element.hidden = !passes(alerts.get(id), filters);
    visible += !element.hidden;
  }
  listRules(filters.rule);
  $("tally").textContent = alerts.size ? (visible === alerts.size ? `${visible} alert${visible > 1 ? "s" : ""}` : `${visible} of ${alerts.size} alerts`) : "";
  $("clear").hidden = !filters.severities.length && !filters.rule && !filters.text;
  emptiness();
  $("nothing").hidden = !alerts.size || visible > 0;
  $("held").hidden = !held.size;
  $("held").textContent = `Show ${held.size} new alert${held.size > 1 ? "s" : ""}`;
}

// "Nothing has matched" is only true once everything has been read.
function emptiness() {
  const read = lastStatus?.cluster.state === "connected" && lastStatus.cluster.behind === 0;
  $("empty").hidden = !greeted || !read || alerts.size > 0 || held.size > 0;
}

function listRules(current) {
  const rules = new Map([...alerts.values()].map(({ card }) => [card.rule_id, card.rule]));
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
  listen("alerts", takeIn);
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
  for (const entry of waiting) put(entry, true);
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
