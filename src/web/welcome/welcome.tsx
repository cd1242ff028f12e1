/** The door: what Klatch is, in a line, and the card to come in by. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Registration } from "#protocol/joining.ts";
import { AccountForm } from "./account-form.tsx";
import type { Purpose } from "./account-form.tsx";

export interface WelcomeProps {
  readonly brand: ComponentChildren;
  readonly art: ComponentChildren;
  /** Why one is here, if one did not come by oneself. */
  readonly notice: string | undefined;
  /** Whether somebody has signed in here before; a newcomer is offered an account first. */
  readonly returning: boolean;
  /** The invitation one was given, if one came by one. */
  readonly invitation: string | undefined;
  /** Who may make an account here. */
  readonly registration: () => Promise<Registration>;
  readonly signIn: (username: string, password: string) => Promise<void>;
  readonly register: (username: string, password: string) => Promise<void>;
}

export function Welcome(props: WelcomeProps) {
  const { brand, art, notice, returning, invitation, signIn, register } = props;
  const isNew = invitation !== undefined || !returning;
  const purpose = useSignal<Purpose>(isNew ? "register" : "sign-in");
  const isClosed = useIsClosed(props);
  const registering = purpose.value === "register";
  useEffect(() => {
    document.title = registering ? "Create account · Klatch" : "Sign in · Klatch";
  }, [registering]);
  return (
    <div class="welcome">
      <header class="welcome-brand">{brand}</header>
      <aside class="welcome-pitch" aria-label="About Klatch">
        <div class="welcome-art">{art}</div>
        <p class="welcome-headline">Pull up a chair.</p>
        <p class="welcome-words">
          Klatch is a chat of your own: your server, your people, your words.
        </p>
      </aside>
      <main class="welcome-main">
        <div class="card">
          <h1>{registering ? "Create your account" : returning ? "Welcome back" : "Sign in"}</h1>
          {notice && <output class="card-notice">{notice}</output>}
          {registering && isClosed && (
            <p class="card-notice">
              Here an account takes an invitation. Ask whoever runs this Klatch for a link.
            </p>
          )}
          <AccountForm purpose={purpose.value} submit={registering ? register : signIn} />
          <p class="card-switch">
            {registering ? "Already have an account?" : "New here?"}{" "}
            <button
              type="button"
              class="button-link"
              onClick={() => (purpose.value = registering ? "sign-in" : "register")}
            >
              {registering ? "Sign in" : "Create an account"}
            </button>
          </p>
          <p class="card-switch">
            Or <a href="/strangers">talk to a stranger</a>, without an account.
          </p>
        </div>
      </main>
    </div>
  );
}

/** Whether nobody may make an account without an invitation, and there is none. */
function useIsClosed({ invitation, registration }: WelcomeProps): boolean {
  const isClosed = useSignal(false);
  useEffect(() => {
    if (invitation !== undefined) return;
    void registration().then((who) => (isClosed.value = who === "invitation"));
  }, []);
  return isClosed.value;
}
