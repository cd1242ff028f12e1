/** The card at the door: sign in, or become somebody here. */
import { passwordProblem } from "#protocol/password.ts";
import { parseUsername } from "#protocol/username.ts";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Field } from "./field.tsx";
import { PasswordField } from "./password-field.tsx";
import { refusalOf } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

export type Purpose = "sign-in" | "register";

export interface AccountFormProps {
  readonly purpose: Purpose;
  readonly submit: (username: string, password: string) => Promise<void>;
}

const NAME_HINT = "2 to 32 letters and digits; “.”, “-” and “_” between them.";
const PASSWORD_HINT = "At least 8 characters. A few words in a row are good.";

export function AccountForm({ purpose, submit }: AccountFormProps) {
  const form = useAccountForm(purpose, submit);
  const { username, password, refusal, left, busy } = form;
  const registering = purpose === "register";
  const troubleOf = (field: Refusal["field"]) =>
    refusal.value?.field === field ? refusal.value.words : undefined;
  const ruleOf = (field: "username" | "password") =>
    registering && left.value[field] ? form.problems()[field] : undefined;
  return (
    <form class="account-form" noValidate onSubmit={form.onSubmit} aria-busy={busy.value}>
      <Field
        id="username"
        label="Name"
        type="text"
        autocomplete="username"
        value={username.value}
        onValue={(value) => form.edit(username, value)}
        onBlur={() => form.leave("username")}
        hint={registering ? NAME_HINT : undefined}
        trouble={troubleOf("username") ?? ruleOf("username")}
        fieldRef={form.usernameRef}
      />
      <PasswordField
        id="password"
        autocomplete={registering ? "new-password" : "current-password"}
        value={password.value}
        onValue={(value) => form.edit(password, value)}
        onBlur={() => form.leave("password")}
        hint={registering ? PASSWORD_HINT : undefined}
        trouble={troubleOf("password") ?? ruleOf("password")}
        fieldRef={form.passwordRef}
      />
      <div role="alert" class="form-alert">
        {troubleOf("form")}
      </div>
      <button type="submit" class="button-primary" aria-disabled={busy.value}>
        {busy.value ? "One moment…" : registering ? "Create account" : "Sign in"}
      </button>
    </form>
  );
}

function useAccountForm(purpose: Purpose, submit: AccountFormProps["submit"]) {
  const username = useSignal("");
  const password = useSignal("");
  /** Fields the person has left with something in them: rules are told only after that. */
  const left = useSignal({ username: false, password: false });
  const refusal = useSignal<Refusal | undefined>(undefined);
  const busy = useSignal(false);
  const usernameRef = useRef<HTMLInputElement>(null);
  const passwordRef = useRef<HTMLInputElement>(null);

  useEffect(() => void (refusal.value = undefined), [purpose]);
  const problems = () => problemsOf(purpose, username.value, password.value);
  const focusFirst = (on: "username" | "password" | "form") =>
    focus(on === "username" ? usernameRef : passwordRef);
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const { username: nameTrouble, password: passwordTrouble } = problems();
    refusal.value = firstProblem(nameTrouble, passwordTrouble);
    if (refusal.value) return focusFirst(refusal.value.field);
    busy.value = true;
    try {
      await submit(username.value.trim(), password.value);
    } catch (error) {
      refusal.value = refusalOf(error);
      focusFirst(refusal.value.field);
    } finally {
      busy.value = false;
    }
  };
  return {
    username,
    password,
    refusal,
    left,
    busy,
    usernameRef,
    passwordRef,
    problems,
    onSubmit: (event: Event) => void onSubmit(event),
    leave(field: "username" | "password") {
      const value = field === "username" ? username.value : password.value;
      if (value !== "") left.value = { ...left.value, [field]: true };
    },
    edit(field: Signal<string>, value: string) {
      field.value = value;
      refusal.value = undefined;
    },
  };
}

/** Someone signing in is only asked for both; the rules are for new names and passwords. */
function problemsOf(purpose: Purpose, username: string, password: string) {
  const name = username.trim();
  if (purpose === "sign-in") {
    return {
      username: name === "" ? "Please type your name." : undefined,
      password: password === "" ? "Please type your password." : undefined,
    };
  }
  const parsed = parseUsername(name);
  return {
    username: parsed.ok ? undefined : parsed.problem,
    password: passwordProblem(password),
  };
}

function firstProblem(username: string | undefined, password: string | undefined) {
  if (username) return { field: "username", words: username } as const;
  if (password) return { field: "password", words: password } as const;
  return undefined;
}

function focus(ref: RefObject<HTMLInputElement | null>): void {
  ref.current?.focus();
}
