"use strict";
(function () {
/* Without this script the page lacks nothing but the copy buttons and the opening of folded parts by a link. */
function reveal() {
  var id = decodeURIComponent(location.hash.slice(1));
  var at = id && document.getElementById(id);
  if (!at) return;
  for (var d = at.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  at.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();
document.querySelectorAll(".copy").forEach(function (button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    navigator.clipboard.writeText(button.previousElementSibling.textContent).then(function () {
      var before = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(function () { button.textContent = before; }, 1500);
    });
  });
});
var folded = [];
addEventListener("beforeprint", function () {
  folded = Array.from(document.querySelectorAll("details:not([open])"));
  folded.forEach(function (d) { d.open = true; });
});
addEventListener("afterprint", function () { folded.forEach(function (d) { d.open = false; }); });
})();
