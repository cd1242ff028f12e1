/** The tutorial's one way in: who is known signs in, and who is not registers. */
import { ChatError } from "#server/core/chat-error.ts";
import type { Accounts, Client, SignedIn } from "#server/core/people/accounts.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Entered extends SignedIn {
  readonly isNew: boolean;
}

export type Way = Pick<Accounts, "signIn" | "register" | "isFree">;

/**
 * Registers under the same rules, rates and restrictions as everywhere. A wrong password, and a new
 * name that may not be taken, are one refusal: `wrong-credentials`.
 */
export async function enter(
  accounts: Way,
  { username, password }: Credentials,
  client: Client,
): Promise<Entered> {
  try {
    return { ...(await accounts.signIn(username, password, client)), isNew: false };
  } catch (wrong) {
    if (!isOne(wrong, ["wrong-credentials"]) || !(await accounts.isFree(username))) throw wrong;
    return register(accounts, { username, password }, client, wrong);
  }
}

async function register(
  accounts: Way,
  credentials: Credentials,
  client: Client,
  wrong: ChatError,
): Promise<Entered> {
  try {
    return { ...(await accounts.register(credentials, client)), isNew: true };
  } catch (refusal) {
    if (isOne(refusal, ["name-taken"])) {
      // Somebody was faster: perhaps the same person, whose button was pressed twice.
      const { username, password } = credentials;
      return { ...(await accounts.signIn(username, password, client)), isNew: false };
    }
    throw isOne(refusal, NOT_THIS_WAY) ? wrong : refusal;
  }
}

/** Told apart, these would say that the name is free. */
const NOT_THIS_WAY: readonly ChatError["code"][] = [
  "name-not-allowed",
  "password-not-allowed",
  "invitation-needed",
];

function isOne(error: unknown, codes: readonly ChatError["code"][]): error is ChatError {
  return error instanceof ChatError && codes.includes(error.code);
}
