/** Ids that a client gives its messages. */

/** 26 letters and digits, 134 bits: no two clients will ever pick the same. */
export function newCid(random: () => number): string {
  return Array.from({ length: 26 }, () => Math.floor(random() * 36).toString(36)).join("");
}
