import type { Spool, Spooled } from '../store/spool.ts';
import type { AppendOutcome, AppendTarget } from '../store/append-target.ts';
import type { Copy, Decision } from './decide.ts';
import type { IncomingMessage, ReceiveServices, RecipientResult, RefusalReason } from './incoming.ts';

/**
 * Files all copies of all recipients in one append: one blob, one commit. Then each recipient's outcome: an account's is
 * that of its copy; an alias succeeds when one member has it, and a member that is full misses only its own copy.
 * @throws StorageFull and whatever else the store throws; nothing was kept then.
 */
export async function file(
  services: Pick<ReceiveServices, 'store' | 'clock'>,
  incoming: IncomingMessage,
  decisions: readonly Decision[],
): Promise<readonly RecipientResult[]> {
  const receivedAtMs = services.clock.now();
  const targets: AppendTarget[] = [];
  for (const decision of decisions) {
    if (decision.do === 'refuse') continue;
    for (const copy of decision.copies) targets.push(targetOf(copy, incoming.trace, receivedAtMs));
  }
  let outcomes: readonly AppendOutcome[] = [];
  if (targets.length === 0) await incoming.spool.discard();
  else outcomes = await services.store.append({ message: await finish(incoming.spool), targets });

  const results: RecipientResult[] = [];
  let next = 0;
  for (const [index, recipient] of incoming.recipients.entries()) {
    const decision = decisions[index];
    if (decision === undefined) continue;
    if (decision.do === 'refuse') {
      results.push({ recipient, kind: 'refused', reason: decision.reason });
      continue;
    }
    const first = decision.sameAs === undefined ? undefined : results[decision.sameAs];
    if (first !== undefined) {
      results.push(first.kind === 'filed' ? { recipient, kind: 'filed', copies: 0 } : { ...first, recipient });
      continue;
    }
    const own = outcomes.slice(next, next + decision.copies.length);
    next += decision.copies.length;
    results.push({ recipient, ...combine(own) });
  }
  return results;
}

/** A spool that cannot be finished is thrown away; what was given to `append` is the store's. */
async function finish(spool: Spool): Promise<Spooled> {
  try {
    return await spool.finish();
  } catch (error) {
    await spool.discard();
    throw error;
  }
}

/** A copy as the store takes it. */
export function targetOf(copy: Copy, trace: string, receivedAtMs: number): AppendTarget {
  const { account, mailbox } = copy.recipient;
  const target: AppendTarget = {
    accountId: account.id,
    mailbox: { name: mailbox, orInbox: true },
    flags: 0,
    keywords: [],
    marksAttachments: true,
    receivedAtMs,
    prefix: `Delivered-To: ${toOctets(copy.deliveredTo)}\r\n${trace}`,
  };
  return account.quotaBytes === undefined ? target : { ...target, quotaBytes: account.quotaBytes };
}

/** UTF-8 as one character an octet (RFC 6532 headers). */
function toOctets(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

function combine(
  outcomes: readonly AppendOutcome[],
): { readonly kind: 'filed'; readonly copies: number } | { readonly kind: 'refused'; readonly reason: RefusalReason } {
  let copies = 0;
  let reason: RefusalReason | undefined;
  for (const outcome of outcomes) {
    if (outcome.ok) copies++;
    // Full is told before missing: the sender may try again.
    else if (reason !== 'over-quota') reason = outcome.reason;
  }
  return copies > 0 || reason === undefined ? { kind: 'filed', copies } : { kind: 'refused', reason };
}
