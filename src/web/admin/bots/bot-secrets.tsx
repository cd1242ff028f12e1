/** What is told of a bot once: its token, and the secret that calls to it are signed with. */
import { CopyLine } from "#web/widgets/copy-line.tsx";
import { intoView } from "#web/widgets/into-view.ts";

export interface Secrets {
  readonly username: string;
  readonly token?: string | undefined;
  readonly secret?: string | undefined;
}

export interface BotSecretsProps {
  readonly secrets: Secrets;
  readonly done: () => void;
}

export function BotSecrets({ secrets, done }: BotSecretsProps) {
  const { username, token, secret } = secrets;
  return (
    <section ref={intoView} class="told-once" aria-label={`Secrets of ${username}`}>
      <output>
        {token === undefined ? "The secret" : "The token"} of <bdi>{username}</bdi> is shown this
        once. Copy it now, and keep it like a password.
      </output>
      {token !== undefined && <CopyLine label="Token" text={token} verb="Copy token" />}
      {secret !== undefined && (
        <>
          <p class="dialog-hint">Calls to its address are signed with this secret:</p>
          <CopyLine label="Secret" text={secret} verb="Copy secret" />
        </>
      )}
      {token !== undefined && (
        <p class="dialog-hint">
          It goes with each request as <code>Authorization: Bearer …</code>;{" "}
          <a href="/api" target="_blank" rel="noreferrer">
            the API
          </a>{" "}
          says the rest. A bot is in no room until a moderator brings it in.
        </p>
      )}
      <button type="button" class="button-small" onClick={done}>
        I have kept it
      </button>
    </section>
  );
}
