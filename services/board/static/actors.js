// The list of actors: those whom recent articles name, or those whose name contains the query.
"use strict";

const WAIT_MS = 200;
let latest = 0;

function line(actor) {
  const said = [actor.kind === "person" ? actor.country : actor.kind, ...actor.now].filter(Boolean).join(" · ");
  const articles = actor.articles ? `${actor.articles} recent article${actor.articles > 1 ? "s" : ""}` : "";
  return make("li", {}, make("a", { href: `/actor/${encodeURIComponent(actor.id)}`, dir: "auto" }, actor.name),
    make("span", { class: "small" }, ` ${[said, articles].filter(Boolean).join(" · ")}`));
}

function told(asked, found) {
  if (asked) return found.length ? `${found.length === 50 ? "the first 50" : found.length} with “${asked}” in a name` : `no actor with “${asked}” in a name`;
  return found.length ? "named in the recent articles" : "no recent article names an actor: type a name";
}

async function search() {
  const asked = $("name").value.trim(), number = ++latest;
  history.replaceState(null, "", asked ? `?${new URLSearchParams({ q: asked })}` : location.pathname);
  try {
    const answer = await fetch(`/api/actors?${new URLSearchParams({ q: asked })}`), found = await answer.json();
    if (number !== latest) return;
    $("told").textContent = told(asked, found);
    $("found").replaceChildren(...found.map(line));
  } catch {
    if (number === latest) $("told").textContent = "the board does not answer: try again";
  }
}

let waiting;
$("name").value = new URLSearchParams(location.search).get("q") ?? "";
$("name").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, WAIT_MS); });
$("search").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); search(); });
search();
