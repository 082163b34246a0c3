// Silences: which hold, which are to come, a new one, and the end of one.
"use strict";

let isAsking = false; // while somebody decides, nothing moves

function about({ matchers, story, destination }) {
  const parts = [...matchers.map((each) => make("code", { dir: "auto" }, each)), ...(story ? [document.createTextNode("the story "), make("code", {}, story.slice(0, 12))] : []), ...(destination ? [document.createTextNode("at "), make("bdi", {}, destination)] : [])];
  return parts.flatMap((part) => [part, " "]);
}

// Two steps, because what has been silenced so far is not sent any more.
function ending(silence) {
  const ask = make("button", { type: "button" }, "End it now"), confirm = make("button", { type: "button" }, "Yes, end it"), cancel = make("button", { type: "button" }, "Cancel");
  const steps = make("p", { class: "steps" }, ask), said = make("p", { class: "small", role: "status" });
  ask.setAttribute("aria-label", `End the silence ${silence.comment} now`);
  ask.addEventListener("click", () => { steps.replaceChildren(confirm, " ", cancel); confirm.focus(); isAsking = true; });
  cancel.addEventListener("click", () => { steps.replaceChildren(ask); ask.focus(); isAsking = false; });
  confirm.addEventListener("click", async () => {
    confirm.disabled = cancel.disabled = true;
    const { refused } = await post("/api/silences/end", { id: silence.id });
    said.textContent = refused ?? "Ended: alerts are sent again from now on.";
    steps.replaceChildren();
    isAsking = false;
  });
  return [steps, said];
}

function line(silence) {
  const until = silence.state === "pending" ? ["from ", time(silence.starts_at), " to "] : silence.state === "active" ? ["until "] : ["ended "];
  return make("li", { "data-state": silence.state }, make("p", {}, make("b", {}, silence.state), " · ", ...about(silence)),
    make("p", { dir: "auto" }, silence.comment), make("p", { class: "small" }, ...until, time(silence.ends_at), " · by ", make("bdi", {}, silence.author), " · ", make("code", {}, silence.id.slice(0, 16))),
    ...(silence.state === "expired" ? [] : ending(silence)));
}

function show({ silences, left_out: leftOut }) {
  const open = silences.filter((each) => each.state !== "expired"), ended = silences.filter((each) => each.state === "expired");
  $("said").textContent = `${plural(open.filter((each) => each.state === "active").length, "silence")} in force${leftOut ? `; ${plural(leftOut, "more silence")} left out` : ""}`;
  $("listed").replaceChildren(...(open.length ? open.map(line) : [make("li", { class: "small" }, "Nothing is silenced.")]));
  $("ended").replaceChildren(...(ended.length ? ended.map(line) : [make("li", { class: "small" }, "None.")]));
}

$("silence").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(event.target), text = (name) => fields.get(name).trim();
  const matchers = text("matchers").split("\n").map((each) => each.trim()).filter(Boolean);
  $("answer").removeAttribute("data-level");
  $("answer").textContent = "asking…";
  const { result, refused } = await post("/api/silences", { matchers, author: text("author"), comment: text("comment"), hours: Number(text("hours")), destination: text("destination") });
  $("answer").textContent = refused ?? `Silenced: ${result.id}`;
  if (refused) return $("answer").setAttribute("data-level", "error");
  $("matchers").value = $("comment").value = "";
  read();
});

const read = poll("/api/silences", show, () => isAsking);
