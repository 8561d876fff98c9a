import { parseDeliveryReport } from '../mime/parse-delivery-report.ts';
import type { IncomingBounce } from '../queue/bounces.ts';
import type { IncomingMessage, ReceiveServices, RecipientResult } from './incoming.ts';

/** Recipients of a bounce that are looked at: it has one. */
const maxRecipients = 5;

/** Reads what came with the null path, before its octets change hands. Answers with what to do once it is filed. */
export function readBounces(
  { bounces, log }: Pick<ReceiveServices, 'bounces' | 'log'>,
  { id, sender, recipients, spool }: IncomingMessage,
): ((results: readonly RecipientResult[]) => Promise<void>) | undefined {
  if (bounces === undefined || sender !== undefined || recipients.length > maxRecipients) return undefined;
  const report = parseDeliveryReport(spool.head());
  return async (results) => {
    for (const { kind, recipient } of results) {
      const { destination, printed } = recipient;
      if (kind !== 'filed' || destination.kind !== 'account') continue;
      const { account } = destination.recipient;
      const bounce: IncomingBounce = { accountId: account.id, returnPath: printed, report };
      try {
        await bounces.bounced(bounce);
      } catch (error) {
        // The message is filed: its reader sees what it says.
        log.error('a bounce could not be matched to what was sent', { message: id }, error);
      }
    }
  };
}
