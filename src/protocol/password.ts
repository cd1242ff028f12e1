/** Passwords: the rules that both the page and the server can check. */
import { LIMITS } from "./limits.ts";
import { countChars } from "./message.ts";

/**
 * What is wrong with a new password, in words; `undefined` if nothing is. The server also refuses
 * common ones.
 */
export function passwordProblem(password: string): string | undefined {
  if (!password.isWellFormed()) return "The password contains half a character.";
  if (countChars(password) < LIMITS.passwordCharsMin) {
    return `A password has at least ${LIMITS.passwordCharsMin} characters.`;
  }
  if (new TextEncoder().encode(password).length > LIMITS.passwordBytesMax) {
    return `A password has at most ${LIMITS.passwordBytesMax} bytes; letters beyond a–z count more than one.`;
  }
  // bcrypt reads a C string: what follows a NUL would not count.
  if (password.includes("\0")) return "A password cannot contain the NUL character.";
  return undefined;
}
