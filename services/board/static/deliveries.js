// What is not delivered, by destination, and whether every alert has its outcome.
"use strict";

let isAsking = false; // while somebody decides, nothing moves

// A destination's name as an argument of the shell, whatever it contains.
function quoted(name) {
  return /^[\w:.@-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

function message(each) {
  const notes = [each.attempts ? plural(each.attempts, "attempt") : "", each.answer].filter(Boolean).join(" · ");
  return make("li", { "data-condition": each.condition }, make("p", { class: "kicker", "data-severity": each.severity }, make("b", { class: "condition" }, each.condition), make("span", { class: "severity" }, each.severity), time(each.since)),
    make("p", { dir: "auto" }, each.headline || "(no headline)"), make("p", { class: "small" }, make("code", {}, each.id.slice(0, 12)), notes ? ` · ${notes}` : ""));
}

// Two steps: what is posted after days cannot be taken back.
function redrive({ destination, counts }) {
  if (!counts.parked) return [];
  const messages = plural(counts.parked, "parked message"), ask = make("button", { type: "button" }, `Post ${messages} after all`);
  const confirm = make("button", { type: "button" }, `Yes, post ${messages}`), cancel = make("button", { type: "button" }, "Cancel"), steps = make("p", { class: "steps" }, ask);
  const said = make("p", { class: "small", role: "status" });
  ask.addEventListener("click", () => { steps.replaceChildren(confirm, " ", cancel); confirm.focus(); isAsking = true; });
  cancel.addEventListener("click", () => { steps.replaceChildren(ask); ask.focus(); isAsking = false; });
  confirm.addEventListener("click", async () => {
    confirm.disabled = cancel.disabled = true;
    const { result, refused } = await post("/api/redrive", { destination });
    said.textContent = refused ?? `Asked for ${plural(result.parked, "message")}: they are posted as soon as the address takes them.`;
    steps.replaceChildren();
    isAsking = false;
  });
  return [steps, said, make("p", { class: "small" }, "In a terminal, some of them or all:"), make("pre", {}, make("code", {}, `summitwire deliveries redrive --destination ${quoted(destination)}`))];
}

function destination(each) {
  const parts = Object.entries(each.counts).filter(([, count]) => count).map(([condition, count]) => `${count.toLocaleString("en")} ${condition}`);
  const hidden = Object.values(each.counts).reduce((sum, count) => sum + count, 0) - each.messages.length;
  return make("section", { class: "destination" }, make("h3", { dir: "auto" }, each.destination), make("p", { class: "count" }, parts.join(", ")),
    each.answer ? make("p", {}, "Last answer: ", make("b", {}, each.answer)) : "", each.waits_because ? make("p", {}, "Waits: ", make("b", {}, each.waits_because)) : "", ...redrive(each),
    make("ul", { class: "undelivered" }, ...each.messages.map(message)), hidden > 0 ? make("p", { class: "small" }, `and ${hidden.toLocaleString("en")} more`) : "");
}

function balance(row) {
  const terms = [...Object.entries(row.outcomes).map(([name, count]) => `${count.toLocaleString("en")} ${name}`), ...(row.waiting ? [`${row.waiting.toLocaleString("en")} waiting`] : [])];
  return make("li", {}, make("p", { dir: "auto" }, make("b", {}, row.rule), ` → ${row.destination}`),
    make("p", { class: "small" }, `${plural(row.alerts, "alert")} = ${terms.join(" + ") || "0"}`, row.difference ? make("b", { class: "bad" }, ` + ${row.difference.toLocaleString("en")} without an outcome: ${row.lost.map((id) => id.slice(0, 12)).join(", ")}`) : ""));
}

function summary({ at, alerts, waiting, difference, forgotten }) {
  if (!at) return ["Not compared yet: the first comparison is a minute after the start."];
  const said = difference ? make("b", { class: "bad" }, `${plural(difference, "alert")} of ${alerts.toLocaleString("en")} ${difference === 1 ? "has" : "have"} no outcome and ${difference === 1 ? "does" : "do"} not wait`) : `All ${plural(alerts, "alert")} are accounted for`;
  return [said, waiting ? ` · ${waiting.toLocaleString("en")} waiting` : "", forgotten ? ` · ${forgotten.toLocaleString("en")} more without an outcome are too old to be compared` : "", " · compared ", time(at)];
}

function show({ destinations, left_out: leftOut, is_read: isRead, reconciliation }) {
  const open = destinations.length;
  $("said").textContent = open ? `${plural(open, "destination")} with messages that are not delivered${leftOut ? `; ${plural(leftOut, "more message")} left out` : ""}` : isRead ? "Everything is delivered." : "The topics are still being read: nothing that waits was found so far.";
  $("destinations").replaceChildren(...(open ? destinations.map(destination) : isRead ? [make("p", { class: "small" }, "Nothing waits, is retried or is parked.")] : []));
  $("balance").replaceChildren(...summary(reconciliation));
  $("balances").replaceChildren(...reconciliation.rows.map(balance), ...(reconciliation.more ? [make("li", { class: "small" }, `and ${reconciliation.more.toLocaleString("en")} more rules and destinations`)] : []));
}

poll("/api/deliveries", show, () => isAsking);
