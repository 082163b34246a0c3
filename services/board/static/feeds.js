// Each feed: whether it answers, when it is polled next, how often it publishes; and a poll at once.
"use strict";

const TROUBLES = ["gone", "failing", "overdue", "quiet"];
const asked = new Map(); // feeds whose poll was requested here, and their last poll before

function polling(feed) {
  const button = make("button", { type: "button" }, feed.condition === "gone" || feed.condition === "failing" ? "Try again now" : "Poll now"), said = make("span", { class: "small", role: "status" });
  button.setAttribute("aria-label", `Poll ${feed.name || feed.address} now`);
  if (feed.is_requested || asked.get(feed.id) === feed.polled_at) {
    button.disabled = true;
    said.textContent = " asked for: the fetcher polls it within seconds";
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    const { refused } = await post("/api/feeds/poll", { id: feed.id });
    if (refused) button.disabled = false;
    else asked.set(feed.id, feed.polled_at);
    said.textContent = ` ${refused ?? "asked for: the fetcher polls it within seconds"}`;
  });
  return make("p", { class: "steps" }, button, said);
}

function health(feed) {
  const parts = [feed.polled_at ? make("span", {}, "polled ", time(feed.polled_at)) : "not polled yet"];
  if (feed.failures) parts.push(feed.succeeded_at ? make("span", {}, "last success ", time(feed.succeeded_at)) : "no success yet");
  if (feed.gone_since) parts.push(make("span", {}, "gone since ", time(feed.gone_since)));
  if (feed.next_at) parts.push(make("span", {}, "next ", time(feed.next_at)));
  if (feed.arrived_at) parts.push(make("span", {}, "newest entry seen ", time(feed.arrived_at)));
  parts.push(feed.quiet_s !== null ? `nothing new for ${span(feed.quiet_s)}` : "", feed.usual_gap_s === null ? "too little is known of its rhythm" : `usually quiet for ${span(feed.usual_gap_s)}`);
  return make("p", { class: "small" }, ...parts.filter((part) => part !== "").flatMap((part, index) => (index ? [" · ", part] : [part])));
}

function row(feed) {
  const is_bad = TROUBLES.includes(feed.condition);
  return make("li", { "data-condition": feed.condition }, make("p", { dir: "auto" }, make("b", { class: is_bad ? "bad" : null }, feed.condition), " · ", make("b", {}, feed.name || feed.source || feed.address), feed.name && feed.source ? ` (${feed.source})` : ""),
    make("p", { class: "small", dir: "auto" }, make("code", {}, feed.address), feed.moved_to ? " → " : "", feed.moved_to ? make("code", {}, feed.moved_to) : ""),
    feed.error ? make("p", { class: "small", dir: "auto" }, make("b", {}, `${plural(feed.failures, "failure")}, ${feed.error_kind || "unknown"}: `), feed.error) : "",
    health(feed), polling(feed));
}

function show({ counts, feeds, more }) {
  const troubles = TROUBLES.filter((each) => counts[each]).map((each) => `${counts[each].toLocaleString("en")} ${each}`), total = feeds.length + more;
  $("said").replaceChildren(...(total ? [troubles.length ? make("b", { class: "bad" }, troubles.join(", ")) : "All is well", ` of ${plural(total, "feed")}`] : ["No feed has been polled yet."]));
  $("feeds").replaceChildren(...feeds.map(row), ...(more ? [make("li", { class: "small" }, `and ${plural(more, "more feed")}`)] : []));
}

poll("/api/feeds", show, () => document.activeElement?.closest("#feeds") !== null && document.activeElement?.tagName === "BUTTON" && !document.activeElement.disabled);
