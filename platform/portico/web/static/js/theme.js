// Runs before the first paint, so it is a classic script in the head: marks that scripts run, and resolves "auto".
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const choice = root.dataset.theme;
  root.dataset.bsTheme = choice === 'dark' || (choice !== 'light' && dark) ? 'dark' : 'light';
})();
