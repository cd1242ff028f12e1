/** Ids that a client gives its messages. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 22 letters, 132 bits: no two clients will ever pick the same, and nobody can guess one. */
export function newCid(random: () => number): string {
  return Array.from({ length: 22 }, () => LETTERS[Math.floor(random() * 64)]).join("");
}
