// One actor: names, offices on a time line, what the recent articles say, and the alerts that name them.
"use strict";

const SVG = "http://www.w3.org/2000/svg", TICKS = 8, LEAST = 0.4;

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function picture(...shapes) {
  const svg = draw("svg", { "aria-hidden": "true", class: "line" });
  svg.append(...shapes);
  return svg;
}

// Where a day lies, in percent, between the first term's start and today; never less than a year.
function span(terms, today) {
  const day = (iso) => Date.parse(iso) / 86_400_000, ends = terms.map((term) => day(term.end ?? today));
  const end = Math.max(day(today), ...ends), start = Math.min(end - 365, ...terms.map((term) => day(term.start)));
  return (iso) => ((day(iso) - start) / (end - start)) * 100;
}

function years(terms, today) {
  const first = Number(terms.reduce((least, term) => (term.start < least ? term.start : least), today).slice(0, 4));
  const last = Number(terms.reduce((most, term) => ((term.end ?? today) > most ? term.end ?? today : most), today).slice(0, 4));
  const step = Math.max(1, Math.ceil((last - first) / TICKS));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step).filter((year) => `${year}-01-01` >= terms[0].start);
}

function marks(term) {
  return [term.acting ? make("span", { class: "tag" }, "acting") : "", term.verified ? "" : make("span", { class: "tag unverified" }, "dates not verified")];
}

function term(one, at, today) {
  const from = at(one.start), to = at(one.end ?? today);
  const shape = draw("rect", { x: `${Math.min(from, 100 - LEAST)}%`, y: 2, width: `${Math.max(LEAST, to - from)}%`, height: 10, class: `term${one.acting ? " acting" : ""}${one.verified ? "" : " unverified"}` });
  return make("li", {}, make("p", {}, make("b", {}, one.title), " ", ...marks(one)),
    make("p", { class: "small" }, make("time", { datetime: one.start }, one.start), " to ", one.end ? make("time", { datetime: one.end }, one.end) : "now", ` · ${one.body}`,
      one.source ? ` · ${one.source}` : ""),
    picture(shape));
}

function tick(year, at) {
  const text = draw("text", { x: `${at}%`, y: 12, dx: 4, class: "year" });
  text.append(year);
  return at < 92 ? [draw("rect", { x: `${at}%`, y: 0, width: 1, height: 14, class: "tick" }), text] : [];
}

function timeline({ terms, today }) {
  if (!terms.length) return [make("p", { class: "small" }, "No office is on record.")];
  const at = span(terms, today), scale = picture(...years(terms, today).flatMap((year) => tick(year, at(`${year}-01-01`))));
  return [make("ol", { class: "terms" }, ...terms.map((one) => term(one, at, today))), scale];
}

function facts(actor) {
  const rows = [["id", make("code", {}, actor.id)], ["Country", actor.country ? `${actor.country_name ?? actor.country} (${actor.country})` : null],
    ["Now", actor.now.join("; ")], ["Seat", actor.seat], ["Offices", (actor.offices ?? []).join("; ")], ["Not to be confused", actor.distinguish], ["Note", actor.note],
    ["Wikidata", actor.wikidata]];
  return make("dl", { class: "facts" }, ...rows.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, name), make("dd", { dir: "auto" }, value)]));
}

function names(actor) {
  const list = (found) => make("ul", { class: "names" }, ...found.map(({ name, rule }) => make("li", { dir: "auto", title: rule }, name)));
  const listed = actor.names.filter(({ rule }) => !rule), byRule = actor.names.filter(({ rule }) => rule);
  return [list(listed), byRule.length ? make("details", {}, make("summary", { class: "small" }, `and ${byRule.length} spelling${byRule.length > 1 ? "s" : ""} by rule`), list(byRule)) : ""];
}

function linked({ headline, link }) {
  const words = headline || "(no headline)";
  return link ? make("a", { href: link, rel: "noopener noreferrer", target: "_blank" }, words) : words;
}

function mention(one) {
  const offices = one.offices.map((office) => `${office.acting ? "acting " : ""}${office.title}${office.verified ? "" : " (dates not verified)"}`);
  return make("li", { class: "found" }, make("h4", { dir: "auto" }, linked(one)),
    make("p", { class: "small" }, make("span", { dir: "auto" }, one.source), ` · ${moment(one.published, one.published_precision)} · named ${one.times === 1 ? "once" : `${one.times} times`}: `,
      make("span", { dir: "auto" }, one.surfaces.join(", "))),
    offices.length ? make("p", { class: "small" }, `on that date: ${offices.join("; ")}`) : "",
    ...one.excerpts.map((parts) => make("p", { class: "sentence", dir: "auto", lang: one.language || null }, ...stretches(parts))));
}

function recent({ articles, shown }) {
  if (!articles) return [make("p", { class: "small" }, "None of the recent articles that the board keeps.")];
  return [make("p", { class: "small" }, `${articles} of the recent articles${articles > shown.length ? `; the newest ${shown.length}` : ""}`), make("ol", {}, ...shown.map(mention))];
}

function alert({ card }) {
  return make("li", { class: "found card-kicker", "data-severity": card.severity },
    make("p", { class: "kicker" }, make("span", { class: "severity" }, card.severity), make("span", { class: "rule", dir: "auto" }, card.rule), time(card.published)),
    make("h4", { dir: "auto" }, make("a", { href: `/why/${card.id}` }, card.headline || "(no headline)")));
}

function alerts({ alerts: found, alerts_in_all: all }) {
  if (!all) return [make("p", { class: "small" }, "None of the alerts on the board.")];
  return [all > found.length ? make("p", { class: "small" }, `the newest ${found.length} of ${all}`) : "", make("ol", {}, ...found.map(alert))];
}

function show(actor) {
  document.title = `${actor.name} · summitwire`;
  $("state").hidden = true;
  $("actor").hidden = false;
  $("actor").replaceChildren(
    make("p", { class: "kicker" }, actor.kind), make("h2", { class: "title", dir: "auto" }, actor.name), facts(actor),
    ...(actor.kind === "person" ? [make("h2", {}, "Offices"), ...timeline(actor)] : []),
    make("h2", {}, "Names"), ...names(actor),
    make("h2", {}, "In the recent articles"), ...recent(actor.mentions),
    make("h2", {}, "Alerts"), ...alerts(actor));
}

async function read() {
  try {
    const answer = await fetch(`/api/actors/${location.pathname.split("/").pop()}`), found = await answer.json();
    if (answer.ok) show(found); else $("state").textContent = found.error;
  } catch {
    $("state").textContent = "the board does not answer: reload the page";
  }
}

read();
