"use strict";
// Sends one film to the service and shows it, its overlay and its scores; no film leaves for anywhere else.

const at = (id) => document.getElementById(id);
const state = { words: null, limit: "", language: "en", film: null, answer: null, overlays: new Map(), filmPng: "", cautions: null, error: null, turn: 0 };

const png = (base64) => `data:image/png;base64,${base64}`;
const word = (key) => state.words?.[state.language].page[key] ?? "";
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const named = (finding) => state.words?.[state.language].findings[finding] ?? finding.replaceAll("_", " ");
const number = (value) => new Intl.NumberFormat(state.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (!text || /[.!?]$/.test(text) ? "" : ".");

function remembered() {
  try { return localStorage.getItem("radiographs.language"); } catch { return null; }
}

function speak(language) {
  state.language = language === "fr" ? "fr" : "en";
  try { localStorage.setItem("radiographs.language", state.language); } catch { /* a browser may forbid storage */ }
  draw();
}

// Drawing: everything on the page follows from `state`.

function draw() {
  document.documentElement.lang = state.language;
  for (const element of document.querySelectorAll("[data-word]")) {
    const text = fill(word(element.dataset.word), { limit: state.limit });
    if (text) element.textContent = text;
  }
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  }
  if (state.answer) at("choose").textContent = word("again") || at("choose").textContent;
  at("drop").classList.toggle("small", Boolean(state.answer));
  drawError();
  drawCautions();
  drawAnswer();
}

// Checks that the model did not pass: under the scores, and under the place for a film until there are any.
function drawCautions() {
  const cautions = state.cautions ?? [];
  const shown = at("cautions");
  const place = at(state.answer ? "choices" : "drop");
  if (place.nextElementSibling !== shown) place.after(shown);
  shown.hidden = !cautions.length;
  at("cautions-list").replaceChildren(...cautions.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  if (!state.film) at("status").textContent = cautions.length ? word("cautions") : "";
}

function drawError() {
  at("error").hidden = !state.error;
  if (!state.error) return;
  const general = fill(state.words?.[state.language].errors[state.error.code] ?? "", { limit: state.limit });
  const own = sentence(state.error.text ?? "");
  const english = state.language === "en";
  at("error-words").textContent = english ? own || general : general || own;
  at("error-detail").textContent = !english && own && general ? own : "";
}

function drawAnswer() {
  const answer = state.answer;
  at("result").hidden = !answer;
  if (!answer) return;
  const shown = answer.overlay_finding;
  at("film").src = at("under").src = png(state.filmPng);
  at("overlay").src = png(state.overlays.get(shown));
  at("film").alt = fill(word("film_alt"), answer.film);
  at("overlay").alt = fill(word("overlay_alt"), { finding: named(shown) });
  at("overlay-name").textContent = named(shown);
  const size = `${answer.film.format} ${answer.film.width} × ${answer.film.height}`;
  at("size").textContent = [size, ...answer.film.corrections.map(word)].join(", ");
  drawScores(answer);
  drawFacts(answer);
  const done = fill(word("done"), { finding: named(answer.finding), score: number(answer.scores[answer.finding]), overlay: named(shown) });
  at("status").textContent = state.cautions?.length ? `${done} ${word("cautions")}` : done;
}

function drawScores(answer) {
  const rows = at("scores");
  const names = Object.keys(answer.scores);
  if (rows.children.length !== names.length || rows.dataset.names !== names.join("|")) {
    rows.replaceChildren(...names.map(scoreRow));
    rows.dataset.names = names.join("|");
  }
  names.forEach((name, position) => {
    const row = rows.children[position];
    row.classList.toggle("top", name === answer.finding);
    row.querySelector("input").checked = name === answer.overlay_finding;
    row.querySelector(".name").textContent = named(name);
    row.querySelector(".value").textContent = number(answer.scores[name]);
    row.querySelector(".track").style.setProperty("--score", answer.scores[name]);
  });
}

function scoreRow(name) {
  const row = document.createElement("label");
  row.className = "score";
  const choice = Object.assign(document.createElement("input"), { type: "radio", name: "finding", value: name, className: "quiet" });
  choice.addEventListener("change", () => show(name));
  const parts = ["name", "value", "track"].map((part) => Object.assign(document.createElement("span"), { className: part }));
  parts[2].append(document.createElement("i"));
  parts[2].setAttribute("aria-hidden", "true");
  row.append(choice, ...parts);
  return row;
}

function drawFacts(answer) {
  const facts = {
    model: `${answer.model.name} ${answer.model.version}`,
    bundle: answer.model.bundle.slice(0, 12),
    cohort: answer.model.cohort.slice(0, 12),
    request: answer.request_id.slice(0, 12),
  };
  at("facts").replaceChildren(...Object.entries(facts).flatMap(([key, value]) => [
    Object.assign(document.createElement("dt"), { textContent: word(key) }),
    Object.assign(document.createElement("dd"), { textContent: value }),
  ]));
}

// Asking: one request at a time counts; a later one makes an earlier one's answer void.

async function ask(film, overlay) {
  const form = new FormData();
  form.append("file", film, "film");
  form.append("overlay", overlay);
  form.append("film", "true");
  let reply;
  try {
    reply = await fetch("/predict", { method: "POST", body: form });
  } catch {
    throw { code: "offline" };
  }
  const body = await reply.json().catch(() => ({}));
  if (!reply.ok) throw { code: body.code ?? "internal", text: body.error };
  return body;
}

async function analyse(film) {
  if (!film) return;
  Object.assign(state, { film, answer: null, error: null });
  state.overlays.clear();
  draw();
  await answered(film, "top");
}

async function show(finding) {
  if (state.overlays.has(finding)) {
    state.turn += 1;
    state.answer = { ...state.answer, overlay_finding: finding };
    busy(false);
    draw();
    return;
  }
  await answered(state.film, finding);
}

async function answered(film, overlay) {
  const turn = ++state.turn;
  busy(true);
  try {
    const answer = await ask(film, overlay);
    if (turn !== state.turn) return;
    if (state.answer && state.answer.model.bundle !== answer.model.bundle) state.overlays.clear();
    state.overlays.set(answer.overlay_finding, answer.overlay_png);
    Object.assign(state, { answer, filmPng: answer.film_png, cautions: answer.cautions, error: null });
  } catch (error) {
    if (turn !== state.turn) return;
    state.error = error.code ? error : { code: "internal" };
    at("status").textContent = "";
  }
  busy(false);
  draw();
}

function busy(waiting) {
  at("drop").classList.toggle("busy", waiting);
  at("result").setAttribute("aria-busy", String(waiting));
  if (waiting) at("status").textContent = at("choose").textContent = word("working");
  else at("choose").textContent = word(state.answer ? "again" : "choose");
}

// Beginning.

at("file").addEventListener("change", () => {
  analyse(at("file").files[0]);
  at("file").value = "";
});
at("strength").addEventListener("input", () => { at("overlay").style.opacity = at("strength").value / 100; });
for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => speak(button.dataset.language));
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => { event.preventDefault(); at("drop").classList.add("over"); });
}
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) at("drop").classList.remove("over"); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  at("drop").classList.remove("over");
  analyse(event.dataTransfer.files[0]);
});

async function begin() {
  const { words, limit_mb: limit } = await (await fetch("/page/words.json")).json();
  Object.assign(state, { words, limit });
  speak(remembered() ?? (navigator.language || "en").slice(0, 2));
  const reply = await fetch("/model").catch(() => null);
  const model = await reply?.json().catch(() => null);
  if (!model) return;
  if (reply.ok) state.cautions ??= model.cautions;
  else if (reply.status === 503 && !state.film) state.error = { code: model.code };
  draw();
}

begin();
