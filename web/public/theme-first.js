/* global document, localStorage, matchMedia */
// Sets the theme before the page is painted; src/ui/theme.tsx takes over from here.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('offhook.theme');
  } catch {
    // Storage is blocked: the system decides.
  }
  var dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
