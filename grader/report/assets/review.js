"use strict";
(function () {
document.querySelectorAll("select[data-into]").forEach(function (select) {
  select.addEventListener("change", function () {
    var into = document.getElementById(select.dataset.into);
    if (select.value) into.value = (into.value ? into.value + "\n\n" : "") + select.value;
    select.value = "";
    into.focus();
  });
});
addEventListener("keydown", function (e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, select, textarea")) return;
  var to = e.key === "n" ? "next" : e.key === "p" ? "prev" : "";
  var link = to && document.querySelector("a[rel=" + to + "]");
  if (link) location.href = link.href;
});
})();
