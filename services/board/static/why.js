// The explanation of one alert: which words of the article met which clause of the rule.
"use strict";

const RULE_ALONE = "The article's text is no longer on the board, which keeps only recent articles. The matched words and their offsets come from the alert.";

function byClause(matches) {
  const clauses = new Map();
  for (const one of matches) clauses.set(one.clause, [...(clauses.get(one.clause) ?? []), one]);
  return clauses;
}

function place(one) {
  return make("li", {}, make("mark", {}, one.surface), make("span", { class: "small" }, ` ${one.field} ${one.start}–${one.end}`));
}

function clause([name, matches]) {
  return make("section", {}, make("h3", {}, make("code", {}, name)), make("ul", { class: "places" }, ...matches.map(place)));
}

function article(text) {
  if (!text.length) return [make("p", { class: "small" }, RULE_ALONE)];
  return text.map((paragraph) => make(paragraph.field === "headline" ? "h3" : "p", { class: "text", dir: "auto" }, ...stretches(paragraph.parts)));
}

function headline({ headline: words, link }) {
  return make("h2", { class: "title", dir: "auto" }, link ? make("a", { href: link, rel: "noopener noreferrer", target: "_blank" }, words || "(no headline)") : words || "(no headline)");
}

function explain({ card, reasons, text }) {
  document.title = `Why: ${card.rule} · summitwire`;
  $("state").hidden = true;
  $("explanation").hidden = false;
  $("explanation").replaceChildren(
    make("p", { class: "kicker card-kicker", "data-severity": card.severity }, make("span", { class: "severity" }, card.severity), make("span", { class: "rule", dir: "auto" }, card.rule)),
    headline(card),
    make("p", { class: "meta" }, make("span", { dir: "auto" }, card.source), make("span", { class: "moment" }, moment(card.published, card.published_precision)),
      make("span", {}, `rule ${card.rule_id}, revision ${reasons.rule_revision.slice(0, 12)}`)),
    make("h2", {}, "What matched"), ...[...byClause(reasons.matches)].map(clause),
    reasons.omitted ? make("p", { class: "small" }, `and ${reasons.omitted} more matches`) : "",
    make("h2", {}, "In the article"), ...article(text),
    make("p", {}, make("a", { href: `/try?${new URLSearchParams({ expression: [...byClause(reasons.matches).keys()].map((name) => `(${name})`).join(" AND ") })}` }, "Try these clauses on the recent articles"), " · ",
      make("a", { href: `/clean?${new URLSearchParams({ article: reasons.article_id })}` }, "Original and cleaned")));
}

async function read() {
  try {
    const answer = await fetch(`/api/why/${location.pathname.split("/").pop()}`), found = await answer.json();
    if (answer.ok) explain(found); else $("state").textContent = found.error;
  } catch {
    $("state").textContent = "the board does not answer: reload the page";
  }
}

read();
