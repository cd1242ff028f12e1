/** What to tell a person whose sign-in or registration was refused, and beside which field. */
import { KlatchError } from "#sdk/index.ts";

export interface Refusal {
  readonly field: "username" | "password" | "form";
  readonly words: string;
}

/** Puts any failure into words; the server's own words where it gave some. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof KlatchError)) {
    return { field: "form", words: "Something went wrong on this page. Please try again." };
  }
  const { code, message } = error;
  if (code === "offline") {
    const words = "The server cannot be reached. Check your connection and try again.";
    return { field: "form", words };
  }
  if (code === "name-taken" || code === "name-not-allowed") {
    return { field: "username", words: message };
  }
  if (code === "password-not-allowed") return { field: "password", words: message };
  return { field: "form", words: message };
}
