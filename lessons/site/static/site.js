// What can be scrolled can be reached by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("pre, .table-wrapper, .equation")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  // The links of the gallery, whose text is hidden, have the name that is written below them.
  for (const card of document.querySelectorAll(".sphx-glr-thumbcontainer")) {
    card.querySelector("a.reference")?.setAttribute("aria-label", card.querySelector(".sphx-glr-thumbnail-title").textContent.trim());
  }
  // The two columns beside the text have names.
  document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "site");
  document.querySelector(".toc-drawer")?.setAttribute("aria-label", "this page");
});
