/** Secrets that come behind the `#` of an address: taken once, and gone from it before anything else. */

const FIELDS = new URLSearchParams(location.hash.slice(1));

/** What the page was opened with under this name; the address does not show it any more. */
export function takeSecret(name: "join" | "sign-in"): string | undefined {
  const secret = FIELDS.get(name) ?? undefined;
  // Nor does the history, where the next person at this device would find it.
  if (secret !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return secret;
}
