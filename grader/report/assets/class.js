"use strict";
(function () {
/* Sorting, filtering, keys. The state is in the fragment of the address: #q=ada&outcome=failed&sort=-final */
var form = document.getElementById("tools");
var table = document.getElementById("class");
var body = table.tBodies[0];
var count = document.getElementById("count");
var fields = ["q", "outcome", "check", "mistake", "state"];
var names = Array.from(form.elements.check.options).slice(1).map(function (o) { return o.value; });
var titles = Array.from(form.elements.check.options).slice(1).map(function (o) { return o.textContent; });
var words = {};
Array.from(form.elements.outcome.options).forEach(function (o) { if (o.value) words[o.dataset.letter] = o.textContent; });
var columns = { name: 0, final: 1, late: 3, state: 4 };
var sort = "";
var rows = Array.from(body.rows).map(function (tr, i) {
  return {
    tr: tr, i: i, o: tr.dataset.o, m: (tr.dataset.m || "").split(" "),
    name: tr.cells[0].textContent.trim(), text: fold(tr.cells[0].textContent + " " + tr.id.slice(2)),
    final: +tr.cells[1].dataset.v, late: +tr.cells[3].dataset.v, state: tr.cells[4].dataset.v,
  };
});
function fold(s) { return s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }

function read() {
  var p = new URLSearchParams(location.hash.slice(1));
  fields.forEach(function (f) {
    var e = form.elements[f];
    e.value = p.get(f) || "";
    if (e.value !== (p.get(f) || "")) e.value = "";
  });
  sort = p.get("sort") || "";
}
function write() {
  var p = new URLSearchParams();
  fields.forEach(function (f) { if (form.elements[f].value) p.set(f, form.elements[f].value); });
  if (sort) p.set("sort", sort);
  history.replaceState(null, "", "#" + p);
}
function show() {
  var q = fold(form.elements.q.value).split(/\s+/).filter(Boolean);
  var chosen = form.elements.outcome.selectedOptions[0];
  var letter = chosen ? chosen.dataset.letter || "" : "";
  var at = names.indexOf(form.elements.check.value);
  var mistake = form.elements.mistake.value;
  var state = form.elements.state.value;
  var n = 0;
  rows.forEach(function (r) {
    var ok = q.every(function (w) { return r.text.includes(w); }) && (!state || r.state === state)
      && (!mistake || r.m.includes(mistake))
      && (at < 0 ? !letter || r.o.includes(letter) : letter ? r.o[at] === letter : mistake ? true : !"p-".includes(r.o[at]));
    r.tr.hidden = !ok;
    if (ok) n++;
  });
  count.textContent = n === rows.length ? n : n + " " + count.dataset.of + " " + rows.length;
}
var collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
function order() {
  var down = sort.startsWith("-");
  var by = sort.replace("-", "");
  var sorted = rows.slice();
  if (by in columns) sorted.sort(function (a, b) {
    var d = typeof a[by] === "number" ? a[by] - b[by] : collator.compare(a[by], b[by]);
    return (down ? -d : d) || a.i - b.i;
  });
  var part = document.createDocumentFragment();
  sorted.forEach(function (r) { part.appendChild(r.tr); });
  body.appendChild(part);
  table.querySelectorAll("th[data-sort]").forEach(function (th) {
    if (th.dataset.sort === by) th.setAttribute("aria-sort", down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  });
}
table.querySelectorAll("th[data-sort]").forEach(function (th) {
  var button = document.createElement("button");
  button.type = "button";
  button.textContent = th.textContent;
  th.textContent = "";
  th.appendChild(button);
  button.addEventListener("click", function () {
    var by = th.dataset.sort;
    var first = by === "final" || by === "late" ? "-" + by : by;
    sort = sort === first ? (first === by ? "-" + by : by) : first;
    write();
    order();
  });
});
form.addEventListener("input", function () { write(); show(); });
form.addEventListener("submit", function (e) { e.preventDefault(); });
form.addEventListener("reset", function () { setTimeout(function () { write(); show(); }); });
addEventListener("hashchange", function () {
  var plain = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (plain) return;
  read(); show(); order();
  if (location.hash) document.getElementById("students").scrollIntoView();
});
function step(by) {
  var seen = Array.from(body.rows).filter(function (tr) { return !tr.hidden; });
  if (!seen.length) return;
  var at = seen.indexOf(document.activeElement.closest("#class tbody tr"));
  var next = at < 0 ? (by > 0 ? 0 : seen.length - 1) : Math.min(seen.length - 1, Math.max(0, at + by));
  seen[next].querySelector("a").focus();
}
addEventListener("keydown", function (e) {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  var typing = e.target.closest("input, select, textarea");
  if (e.key === "Escape") { form.reset(); write(); show(); if (typing) typing.blur(); }
  else if (typing) return;
  else if (e.key === "/") { e.preventDefault(); form.elements.q.focus(); }
  else if (e.key === "j") step(1);
  else if (e.key === "k") step(-1);
});
function mark(e) {
  var i = e.target.closest("#class tbody .strip i");
  return i && { i: i, at: Array.prototype.indexOf.call(i.parentNode.children, i), tr: i.closest("tr") };
}
body.addEventListener("mouseover", function (e) {
  var m = mark(e);
  if (m && !m.i.title) m.i.title = titles[m.at] + ": " + (words[m.tr.dataset.o[m.at]] || "–");
});
body.addEventListener("click", function (e) {
  var m = mark(e);
  if (m) location.href = m.tr.querySelector("a").getAttribute("href") + "#check-" + encodeURIComponent(names[m.at]);
});
form.hidden = false;
document.getElementById("keys").hidden = false;
read();
show();
if (sort) order();
})();
