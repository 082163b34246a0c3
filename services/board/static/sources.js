// Which sources are quiet, when each was read last, and what receivers were told of it.
"use strict";

const NOTHING_READ = "reading";

function source(row) {
  const usual = row.usual_s === null ? "too little is known to say what is usual" : `usually quiet for ${span(row.usual_s)} at most`;
  return make("li", { "data-quiet": row.is_quiet }, make("p", { dir: "auto" }, make("b", {}, row.source), row.is_quiet ? make("b", { class: "bad" }, " quiet") : "", " · ", time(row.last_at)),
    make("p", { class: "small" }, `${plural(row.articles, "article")} today (UTC) · ${usual}`));
}

function line(each) {
  const said = each.line ? [each.line, " · ", time(each.due)] : ["No line yet: what is read is counted."];
  return make("li", {}, make("p", { dir: "auto" }, make("b", {}, each.destination)), make("p", { class: "small", dir: "auto" }, ...said));
}

function trouble({ kind, since }) {
  return make("b", { class: "bad" }, kind === NOTHING_READ ? "Nothing is read" : `${kind} lags`, ", since ", time(since), ". ");
}

function show({ at, quiet, troubles, lines, sources, more }) {
  if (!at) {
    $("said").textContent = "Nothing is known yet: alerting has not stored what it has read.";
  } else {
    $("said").replaceChildren(...troubles.map(trouble), quiet ? make("b", { class: "bad" }, `${plural(quiet, "source")} quiet`) : "No source is quiet for longer than is usual", ` of ${(sources.length + more).toLocaleString("en")} · stored `, time(at));
  }
  $("lines").replaceChildren(...(lines.length ? lines.map(line) : [make("li", { class: "small" }, "No receiver has a daily line.")]));
  $("sources").replaceChildren(...(sources.length ? sources.map(source) : [make("li", { class: "small" }, "No article was read in two weeks.")]), ...(more ? [make("li", { class: "small" }, `and ${plural(more, "more source")}`)] : []));
}

poll("/api/sources", show);
