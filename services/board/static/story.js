// One story as a card: its rules, what became of it at whom, its articles. Everything from a message goes in as text.
"use strict";

const RULES_SHOWN = 4; // others are folded
const STEPS = { first: "First message", update: "Update", corroborated: "Another source", correction: "Correction", withdrawal: "Withdrawal", burst: "Burst", digest: "In a digest", notice: "Notice", escalation: "Escalated" };
const OUTCOMES = { folded: "Folded", counted: "Counted", withdrawn: "Taken back before it was sent", silenced: "Silenced", inhibited: "Inhibited", repeated: "Repeated", digested: "Kept for the digest", muted: "Quiet hours", parked: "Parked" };
const SAID = { intent: "being sent", retry: "retrying", undecided: "pending", waiting: "waiting" };


function duration(seconds) {
  const size = Math.abs(seconds);
  if (size < 1) return `${Math.round(seconds * 1000)} ms`;
  if (size < 120) return `${seconds.toFixed(1)} s`;
  return size < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

// ---- an article and its alerts

function titleOf(card) {
  const words = card.headline || "(no headline)";
  return card.link ? make("a", { href: card.link, rel: "noopener noreferrer", target: "_blank" }, words) : words;
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

function quote(sentence, language) {
  return make("p", { class: "sentence", dir: "auto", lang: language || null }, ...stretches(sentence.parts));
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

function reasons(card) {
  if (!card.why.length) return null;
  return make("ul", { class: "why" }, ...card.why.map((reason) => make("li", {}, make("code", {}, reason.clause), " ← ", reason.words.map((word) => `“${word}”`).join(", "))));
}

function alertDetail({ card }, shownAbove) {
  const more = card.sentences.slice(shownAbove.has(card.id) ? 1 : 0);
  return make("li", {}, make("p", { class: "kicker", "data-severity": card.severity }, make("span", { class: "severity" }, card.severity), make("span", { class: "rule", dir: "auto" }, card.rule)),
    ...more.map((sentence) => quote(sentence, card.language)),
    card.more_sentences ? make("p", { class: "small" }, `and ${plural(card.more_sentences, "more matching sentence")}`) : "",
    reasons(card));
}

function original(card) {
  return make("p", {}, make("a", { class: "explain", href: `/clean?${new URLSearchParams({ article: card.article })}` }, "Original and cleaned"));
}

function article(alerts, isOnly, shownAbove) {
  const newest = alerts[0].card;
  return make("li", { class: "article" }, isOnly ? "" : make("h4", { dir: "auto" }, titleOf(newest)), isOnly ? "" : meta(newest),
    make("ul", {}, ...alerts.map((entry) => alertDetail(entry, shownAbove))), took(newest), isOnly ? "" : original(newest));
}

function articles({ story, alerts }) {
  const byArticle = alerts.reduce((map, entry) => map.set(entry.card.article, [...(map.get(entry.card.article) ?? []), entry]), new Map());
  const shownAbove = new Set(story.rules.map((rule) => rule.alert));
  return make("details", { class: "articles" }, make("summary", {}, `${plural(story.articles, "article")}, and why`),
    make("ul", {}, ...[...byArticle.values()].map((each) => article(each, story.articles === 1, shownAbove))),
    story.more_alerts ? make("p", { class: "small" }, `and ${plural(story.more_alerts, "more alert")}`) : "");
}

// ---- the rules, and what became of the story

function fired(rule, language) {
  return make("li", { "data-severity": rule.severity }, make("p", { class: "kicker" }, make("span", { class: "severity" }, rule.severity), make("span", { class: "rule", dir: "auto" }, rule.title),
    rule.articles > 1 ? make("span", {}, `in ${rule.articles} articles`) : "", make("a", { class: "explain", href: `/why/${encodeURIComponent(rule.alert)}` }, "Explain this alert")),
    rule.sentence ? quote(rule.sentence, language) : "");
}

function moreRules({ story }, language) {
  const folded = story.rules.slice(RULES_SHOWN);
  if (!folded.length) return "";
  return make("details", { class: "more" }, make("summary", {}, `and ${plural(folded.length + story.more_rules, "more rule")}`),
    make("ul", { class: "fired", "aria-label": "More rules that fired" }, ...folded.map((rule) => fired(rule, language))), story.more_rules ? make("p", { class: "small" }, `and ${story.more_rules} that are not shown`) : "");
}

function line(each) {
  const notes = [each.note, each.attempts > 1 ? `${each.attempts} attempts` : "", each.in_doubt ? "possible repeat" : ""].filter(Boolean).join(", ");
  const isQuiet = each.state === "delivered" || each.state === "undecided";
  return make("li", { "data-state": each.state }, `${each.destination} `, make("b", {}, SAID[each.state] ?? each.state), each.at ? " " : "", each.at ? time(each.at) : null, notes && !isQuiet ? ` · ${notes}` : "");
}

function change(each) {
  return make("p", { class: "change", dir: "auto" }, each.before ? make("del", {}, each.before) : "", each.before && each.after ? " → " : "", each.after ? make("ins", {}, each.after) : "");
}

function step(entry) {
  const isSent = entry.outcome === "notified", name = isSent ? STEPS[entry.kind] ?? entry.kind : OUTCOMES[entry.outcome] ?? entry.outcome;
  const lines = entry.lines.map((each) => (isSent && each.note !== entry.reason ? each : { ...each, note: "" }));
  return make("li", { "data-outcome": isSent ? entry.kind : entry.outcome },
    make("p", {}, make("b", {}, name, entry.times > 1 ? ` ×${entry.times}` : ""), " ", time(entry.at), entry.reason ? ` · ${entry.reason}` : ""),
    make("ul", { class: "lines" }, ...lines.map(line)),
    ...(isSent && entry.kind !== "first" && entry.kind !== "escalation" ? [...entry.new_sentences.map((text) => make("p", { class: "said", dir: "auto" }, text)), ...entry.changes.map(change)] : []));
}

function timeline({ story }) {
  const steps = story.timeline.map(step);
  if (story.pending.length) steps.push(make("li", { "data-outcome": "pending" }, make("p", {}, make("b", {}, "Not decided yet")), make("ul", { class: "lines" }, ...story.pending.map(line))));
  if (!steps.length) return make("p", { class: "small" }, "on this board only");
  return make("ol", { class: "timeline", "aria-label": "What became of it" }, story.earlier ? make("li", {}, make("p", { class: "small" }, `and ${plural(story.earlier, "earlier step")}`)) : "", ...steps);
}

function standing({ story }) {
  const last = story.timeline.findLast((entry) => entry.outcome === "notified" && entry.kind in { correction: 1, withdrawal: 1 });
  return last ? make("span", { class: `tag ${last.kind}` }, last.kind === "correction" ? "corrected" : "withdrawn") : "";
}

function gathered({ story }) {
  const parts = [story.articles > 1 ? plural(story.articles, "article") : "", story.sources.length > 1 ? `${story.sources.length} independent sources: ${story.sources.join(", ")}` : "",
    story.folded ? `${story.folded} folded: nothing new` : ""].filter(Boolean);
  return parts.length ? make("p", { class: "meta gathered", dir: "auto" }, parts.join(" · ")) : "";
}

const DECIDED = { acknowledged: "Acknowledged", wrong: "Wrong", silenced: "Silenced" };

function escalates(entry) {
  return make("li", { "data-kind": entry.kind }, make("b", {}, "Not acknowledged"), ` at ${entry.destination}: goes to ${entry.escalated_to.join(", ")} at ${moment(entry.until)}`);
}

// What people have decided about the story's messages, from the links in them or a terminal.
function desk({ story }) {
  if (!story.desk.length) return "";
  return make("ul", { class: "desk", "aria-label": "What people said" }, ...story.desk.map((entry) => entry.kind === "escalates" ? escalates(entry) : make("li", { "data-kind": entry.kind },
    make("b", {}, DECIDED[entry.kind] ?? entry.kind), entry.why ? ` (${entry.why.replaceAll("_", " ")})` : "", " by ", make("bdi", {}, entry.author), " ", time(entry.at),
    entry.destination ? ` at ${entry.destination}` : "", entry.until ? ` until ${moment(entry.until)}` : "", entry.comment ? make("span", {}, ": ", make("bdi", {}, entry.comment)) : "")));
}

function storyItem(view) {
  const { story, alerts } = view, lead = alerts.find(({ card }) => card.id === story.lead).card;
  return make("li", { class: "card", "data-severity": story.severity },
    make("div", { class: "kicker" }, make("span", { class: "severity" }, story.severity), standing(view), make("span", {}, plural(story.rules.length + story.more_rules, "rule")), time(new Date(story.order).toISOString())),
    make("h3", { dir: "auto" }, titleOf(lead)), meta(lead), gathered(view),
    make("ul", { class: "fired", "aria-label": "Rules that fired" }, ...story.rules.slice(0, RULES_SHOWN).map((rule) => fired(rule, lead.language))),
    moreRules(view, lead.language),
    actors(lead),
    make("div", { class: "foot" }, timeline(view), desk(view), story.articles === 1 ? original(lead) : "", articles(view)));
}
