// What is measured of each rule: verdicts, rate, whether it still fires.
"use strict";

const percent = (share) => `${Math.round(share * 100)} %`;

function precision(rule) {
  const verdicts = rule.right + rule.wrong;
  if (!verdicts) return "no verdict yet";
  return `${percent(rule.precision)} right (${percent(rule.low)} to ${percent(rule.high)}), ${plural(verdicts, "verdict")}`;
}

function reasons(rule) {
  return Object.entries(rule.reasons).map(([reason, count]) => `${count} ${reason.replaceAll("_", " ")}`).join(", ");
}

function item(rule) {
  const rate = `${rule.messages_per_day.toLocaleString("en")} messages a day, ${plural(rule.alerts, "alert")} in ${plural(rule.days, "day")}`;
  const fired = rule.last_fired_at ? [" · last fired ", time(rule.last_fired_at)] : [" · has not fired"];
  return make("li", { "data-state": rule.state },
    make("p", {}, make("b", { dir: "auto" }, rule.title || rule.rule), " ", make("code", {}, rule.rule), rule.state === "dead" ? make("span", { class: "tag withdrawn" }, "dead") : ""),
    make("p", {}, precision(rule), reasons(rule) ? ` · ${reasons(rule)}` : ""),
    make("p", { class: "small" }, rate, ...fired, rule.gap_days ? ` · usually every ${plural(rule.gap_days, "day")}` : ""));
}

async function show() {
  const answer = await fetch("/api/rules");
  if (!answer.ok) throw new Error(answer.status);
  const rules = await answer.json(), dead = rules.filter((rule) => rule.state === "dead").length;
  $("rules").replaceChildren(...rules.map(item));
  $("said").textContent = rules.length ? `${plural(rules.length, "rule")}, ${dead} dead` : "No rules yet: they appear once alerting has published them.";
}

show().catch(() => { $("said").textContent = "The board does not answer: reload the page."; $("said").dataset.level = "error"; });
