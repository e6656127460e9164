"""Everything a browser keeps of a site, as one text to search in."""

from playwright.sync_api import Page

KEPT = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
  for (const { name } of await indexedDB.databases()) {
    found.push(`database ${name}`);
    const database = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const store of database.objectStoreNames) {
      const asked = database.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => (asked.onsuccess = resolve));
      found.push(JSON.stringify(asked.result));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (request.url.includes("/static/")) continue;
      found.push(request.url, await (await cache.match(request)).text());
    }
  }
  return found.join("\\n");
}"""

KEEPS = f"async (texts) => {{ const kept = await ({KEPT})(); return texts.every((text) => kept.includes(text)); }}"


def kept_by(page: Page) -> str:
    """localStorage, sessionStorage, every IndexedDB store and every cached answer but static files."""
    text: str = page.evaluate(KEPT)
    return text


def databases_of(page: Page) -> list[str]:
    names: list[str] = page.evaluate("async () => (await indexedDB.databases()).map(({ name }) => name)")
    return names
