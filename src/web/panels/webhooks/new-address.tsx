/** The address of a webhook that was just made, and a line for the shell that tries it; shown once. */
import type { NewWebhookResult } from "#protocol/webhook.ts";
import { CopyLine } from "#web/widgets/copy-line.tsx";
import { intoView } from "#web/widgets/into-view.ts";

export function NewAddress({ made }: { readonly made: NewWebhookResult }) {
  const { webhook, address } = made;
  return (
    <section ref={intoView} class="told-once" aria-label={`Address of ${webhook.name}`}>
      <output>
        <bdi>{webhook.name}</bdi> is ready. Copy its address now: it is not shown again.
      </output>
      <CopyLine label="Address" text={address} verb="Copy address" />
      <p class="dialog-hint">Or try it in a shell:</p>
      <CopyLine label="Line for a shell" text={curlLine(address)} verb="Copy line" />
      <p class="dialog-hint">
        Whoever knows the address can post here, so keep it like a password.
      </p>
    </section>
  );
}

/** An address of ours holds nothing that a shell would read as its own. */
function curlLine(address: string): string {
  return `curl -d 'Deploy is done' ${address}`;
}
