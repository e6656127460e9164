// Runs before the first paint, as a classic script: what a person chose in Settings > Appearance stands on <html>.
// Nothing chosen means the system's setting, which the style sheet follows by itself.
(() => {
  try {
    const chosen = JSON.parse(localStorage.getItem("chatter:appearance") ?? "{}");
    const root = document.documentElement;
    if (chosen.theme === "light" || chosen.theme === "dark") root.dataset.theme = chosen.theme;
    if (chosen.text === "small" || chosen.text === "large") root.dataset.text = chosen.text;
  } catch {
    // Storage may be forbidden or hold nonsense; the system's setting is a good answer then.
  }
})();
