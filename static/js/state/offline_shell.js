/** Asks the service worker to keep what this page is made of, so that it opens without a network. */

/** Pages that hold nothing personal and are worth opening offline. */
const SHELLS = ["/", "/contacts", "/groups", "/saved", "/offline"];

/** The addresses of our own static files that this page has used. */
function usedFiles() {
  return performance
    .getEntriesByType("resource")
    .map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"))
    .map(({ pathname, search }) => pathname + search);
}

export async function keepForOffline() {
  // Missing on plain http other than localhost: then the page needs its server, and everything else works.
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ kind: "keep", files: usedFiles(), shells: SHELLS, language: document.documentElement.lang });
  } catch (error) {
    console.warn("working offline is not available", error);
  }
}
