// Runs before the first paint, from a file of its own because the content security policy allows no inline script.
(function () {
  var theme = null;
  try {
    theme = window.localStorage.getItem("aloftly.theme");
  } catch {
    // Storage can be switched off: the system's theme it is.
  }
  var dark =
    theme === "dark" || (theme !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  var color = document.querySelector('meta[name="theme-color"]');
  if (color) color.setAttribute("content", dark ? "#111317" : "#fafafa");
})();
