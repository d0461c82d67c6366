// What can be scrolled can be reached by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("pre, .table-wrapper, .equation")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  // The two columns beside the text have names.
  document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "site");
  document.querySelector(".toc-drawer")?.setAttribute("aria-label", "this page");
});
