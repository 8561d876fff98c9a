import type { AliasRecipient, LocalRecipient } from '../directory/directory.ts';
import type { EnvelopeRecipient, RefusalReason } from './incoming.ts';
import { captured } from './screen.ts';

/** One copy to be filed. */
export interface Copy {
  readonly recipient: LocalRecipient;
  /** The address for Delivered-To. */
  readonly deliveredTo: string;
}

export type Decision =
  /** Without copies: the alias leads only to addresses that get the message anyway, or wrote it. */
  | { readonly do: 'accept'; readonly copies: readonly Copy[]; readonly sameAs?: number }
  | { readonly do: 'refuse'; readonly reason: RefusalReason };

/**
 * Decides for each recipient of a message, in their order; pure. spec/protocols.md section 4 for aliases.
 * - An address named twice gets one copy: `sameAs` is the place of the first.
 * - A member of an alias gets no further copy when it is named in the envelope itself, is From, or got one by another alias.
 * `from` is the canonical address of From; asked for only when an alias needs it.
 */
export function decide(recipients: readonly EnvelopeRecipient[], from: () => string | undefined): readonly Decision[] {
  // The ordinary case: nothing to compare with.
  const [only] = recipients;
  if (only?.destination.kind === 'account' && recipients.length === 1) {
    return [{ do: 'accept', copies: [{ recipient: only.destination.recipient, deliveredTo: only.printed }] }];
  }
  const places = new Map<string, number>();
  const served = new Set<string>();
  for (const { destination } of recipients) if (destination.kind === 'account') served.add(destination.canonical);
  return recipients.map(({ destination, printed }, index): Decision => {
    switch (destination.kind) {
      case 'unknown-address':
        return { do: 'refuse', reason: 'unknown-address' };
      case 'alias':
        return decideAlias(destination.alias, destination.canonical, from(), served);
      case 'account': {
        const key = destination.canonical === captured ? captured : printed;
        const sameAs = places.get(key);
        if (sameAs !== undefined) return { do: 'accept', copies: [], sameAs };
        places.set(key, index);
        return { do: 'accept', copies: [{ recipient: destination.recipient, deliveredTo: printed }] };
      }
    }
  });
}

function decideAlias(
  alias: AliasRecipient,
  canonical: string,
  from: string | undefined,
  served: Set<string>,
): Decision {
  const isMember = from !== undefined && alias.members.some((member) => member.canonical === from);
  const isAlias = from !== undefined && from === canonical;
  const allowed = isMember || (isAlias ? alias.allowMsgFrom : alias.postPublic);
  if (!allowed) return { do: 'refuse', reason: 'post-not-allowed' };
  const copies: Copy[] = [];
  for (const member of alias.members) {
    if (member.canonical === from || served.has(member.canonical)) continue;
    served.add(member.canonical);
    copies.push({ recipient: member, deliveredTo: member.address });
  }
  return { do: 'accept', copies };
}
