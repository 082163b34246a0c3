// An original beside what the cleaner made of it. The original is hostile: it goes in as text, never as HTML.
"use strict";

const MOST_FILE_BYTES = 700_000, FOLD_FROM = 6;
const NAMES = { firstcreated: "published", versioncreated: "changed", url: "address", located: "dateline", event_time: "event time" };
let asked = 0;

// ---- asking

async function ask(request) {
  const number = ++asked;
  $("result").setAttribute("aria-busy", "true");
  $("state").dataset.level = "good";
  $("state").textContent = "loading…";
  try {
    const answer = await request(), found = await answer.json();
    if (number === asked) show(found);
  } catch {
    if (number === asked) refuse("the board does not answer: try again");
  }
}

function known(article) {
  history.replaceState(null, "", `?${new URLSearchParams({ article })}`);
  ask(() => fetch(`/api/clean?${new URLSearchParams({ article })}`));
}

async function bring() {
  const file = $("file").files[0];
  if (file && file.size > MOST_FILE_BYTES) return refuse("the file is larger than 700 kB: use `summitwire try clean`");
  history.replaceState(null, "", location.pathname);
  const told = { name: file?.name ?? "", content: await base64(file ?? new Blob([$("text").value])) };
  ask(() => fetch("/api/clean", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told) }));
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

// ---- showing

function refuse(why) {
  $("state").dataset.level = "error";
  $("state").textContent = why;
  $("result").setAttribute("aria-busy", "false");
  $("result").replaceChildren();
}

function show(found) {
  if (found.refused) return refuse(found.refused);
  if (found.rejected) return refuse(`The cleaner rejects this: ${found.rejected}`);
  $("state").textContent = "";
  $("result").setAttribute("aria-busy", "false");
  $("result").replaceChildren(...about(found.article), ...columns(found), ...fields(found.fields));
}

// Stretches of a text, each with what is to be said of it; what was removed stands before what came in its place.
const WRAPS = { repeated: "mark", added: "ins", removed: "del" };

function pieces(parts) {
  return parts.flatMap((part, at) => {
    const element = WRAPS[part.kind] ? make(WRAPS[part.kind], {}, part.text) : document.createTextNode(part.text);
    return part.kind === "removed" && at + 1 < parts.length ? [element, " "] : [element];
  });
}

function versions(article) {
  const said = { kill: "a kill", correction: "a correction", refile: "a refile", repeat: "a repeat", update: "an update" }[article.signal];
  if (article.version === 1 && !said) return null;
  const changed = article.replaces ? `, ${article.changes} change${article.changes === 1 ? "" : "s"} since the one before` : "";
  return make("span", { class: "tag" }, `version ${article.version}${changed}${said ? `; its publisher calls it ${said}` : ""}`);
}

function about(article) {
  const dated = article.published_by === "fetched" ? "publication time unknown, fetched " : "published ";
  const words = article.headline.length ? pieces(article.headline) : ["(no headline)"];
  return [make("h2", { class: "title", dir: "auto", lang: article.language }, article.link ? make("a", { href: article.link, rel: "noopener noreferrer", target: "_blank" }, ...words) : make("span", {}, ...words)),
    make("p", { class: "meta" }, make("span", { dir: "auto" }, article.source), make("span", {}, dated, make("span", { class: "moment" }, moment(article.published, article.published_precision))),
      make("span", {}, `${article.language}, confidence ${article.confidence.toFixed(2)}`), make("span", {}, `revision ${article.revision.slice(0, 12)}`), versions(article),
      article.status === "usable" ? null : make("span", { class: "tag withdrawn" }, article.status))];
}

function columns({ lines, more_lines: more, paragraphs }) {
  if (!lines) return [make("h2", {}, "Cleaned"), make("p", { class: "small" }, "The original is no longer available: originals are kept for a week."), make("div", { class: "sides" }, ...paragraphs.map((one) => row(null, one)))];
  const placed = new Set(lines.map((line) => line.paragraph)), rows = runs(lines).flatMap((run) => folded(run, paragraphs));
  const alone = paragraphs.filter((_, number) => !placed.has(number));
  const rest = alone.length ? [make("h3", {}, "From elsewhere in the page"), ...alone.map((one) => row(null, one))] : [];
  return [make("p", { class: "small" }, tally(lines)),
    make("div", { class: "sides" }, make("div", { class: "row heads", "aria-hidden": "true" }, make("h2", {}, "Original"), make("h2", {}, "Cleaned")), ...rows, ...rest),
    more ? make("p", { class: "small" }, `and ${more} more lines`) : ""];
}

function tally(lines) {
  const dropped = lines.filter((line) => line.fate === "dropped").length;
  return `${lines.filter((line) => line.fate === "kept").length} of ${lines.length} lines belong to the article; ${dropped} are dropped, in grey, each with its reason.`;
}

// Neighbours of one fate; long runs of what was left out are folded away.
function runs(lines) {
  const found = [];
  for (const line of lines) {
    if (found.at(-1)?.[0].fate === line.fate) found.at(-1).push(line);
    else found.push([line]);
  }
  return found;
}

function folded(run, paragraphs) {
  const rows = run.map((line) => row(line, paragraphs[line.paragraph]));
  if (run[0].fate !== "dropped" || run.length < FOLD_FROM) return rows;
  const reasons = new Map();
  for (const { why } of run) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  const told = [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([why, count]) => `${why} ×${count}`).join(", ");
  return [make("details", { class: "left-out" }, make("summary", {}, `${run.length} lines dropped: ${told}`), ...rows)];
}

function row(line, paragraph) {
  const fate = line?.fate ?? "kept";
  return make("div", { class: "row", "data-fate": fate }, was(line), now(line, paragraph));
}

function was(line) {
  if (!line) return make("div", { class: "was" });
  const words = make(line.fate === "dropped" ? "del" : "span", { dir: "auto" }, line.text);
  return make("div", { class: "was" }, words, line.why ? make("p", { class: "why-not" }, line.why) : "");
}

function now(line, paragraph) {
  if (line?.fate === "headline") return make("div", { class: "now" }, make("p", { class: "small" }, "the headline"));
  if (!paragraph) return make("div", { class: "now" });
  const repeated = paragraph.parts.some((part) => part.kind === "repeated");
  return make("div", { class: "now" }, make("p", { class: "text", dir: "auto", lang: paragraph.language ?? null }, ...pieces(paragraph.parts)),
    repeated ? make("p", { class: "small" }, "marked: other articles of this source repeat it") : "",
    paragraph.language ? make("p", { class: "small" }, make("span", { class: "tag" }, `in ${paragraph.language}`), ` confidence ${paragraph.confidence.toFixed(2)}`) : "");
}

function fields(all) {
  return [make("h2", {}, "Where each field comes from"), make("dl", { class: "fields" }, ...all.flatMap(field))];
}

function field(one) {
  const by = [one.chosen, one.why].filter(Boolean).join(": ");
  const said = one.testimony.map((each) => make("li", {}, make("b", {}, each.witness), " ", make("span", { dir: "auto" }, each.said)));
  return [make("dt", {}, NAMES[one.field] ?? one.field, one.disagree ? " " : "", one.disagree ? make("span", { class: "tag withdrawn" }, "sources disagree") : ""),
    make("dd", {}, make("span", { dir: "auto" }, one.value || "(none)"), by ? make("p", { class: "small" }, by) : "",
      said.length > 1 ? make("details", { open: one.disagree }, make("summary", {}, `${said.length} sources`), make("ul", {}, ...said)) : "")];
}

$("known").addEventListener("submit", (event) => { event.preventDefault(); if ($("article").value.trim()) known($("article").value.trim()); });
$("brought").addEventListener("submit", (event) => { event.preventDefault(); bring(); });
$("article").value = new URLSearchParams(location.search).get("article")?.slice(0, 2048) ?? "";
if ($("article").value) known($("article").value); else $("own").open = true;
