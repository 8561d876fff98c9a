import { printAddress } from '../directory/address-text.ts';
import type { Notice } from '../queue/dsn/notice.ts';
import { findField } from '../mime/parse-header.ts';
import { decodeHeaderText } from '../mime/decode-words.ts';
import type { MessageFacts } from './gather.ts';
import type { IncomingMessage, ReceiveServices, RecipientResult, RefusalReason } from './incoming.ts';

/**
 * After part of the recipients were refused, or where a delivery was to be told: one notification to the sender (RFC 3461
 * section 4.1, spec section 1.9). When all were refused the reply has said so. Never throws: the message is taken already.
 */
export async function tellSender(
  services: Pick<ReceiveServices, 'reports' | 'log' | 'clock'>,
  incoming: IncomingMessage,
  facts: MessageFacts,
  results: readonly RecipientResult[],
): Promise<void> {
  const { reports, log, clock } = services;
  if (reports === undefined || incoming.sender === undefined) return;
  if (results.every(({ kind }) => kind === 'refused')) return;
  const [first, ...rest] = results.flatMap((result) => noticeOf(result) ?? []);
  if (first === undefined) return;
  const { wishes } = incoming;
  const message = {
    subject: decodeHeaderText(findField(facts.header, 'subject')?.raw.trim() ?? '').slice(0, 200),
    headerMessageId: findField(facts.header, 'message-id')?.raw.trim() ?? '',
    envelopeId: wishes?.envelopeId,
    queuedAtMs: clock.now(),
    utf8: wishes?.utf8 === true,
    tls: wishes?.requireTls === true ? ('required' as const) : ('default' as const),
    // Of what is not kept for all, only the header goes back.
    returnContent: 'headers' as const,
  };
  const header = incoming.trace + facts.header.text;
  try {
    await reports.report({ message, returnPath: printAddress(incoming.sender), notices: [first, ...rest], header });
  } catch (error) {
    log.error('the sender could not be told of recipients that were refused', { message: incoming.id }, error);
  }
}

const statuses: Readonly<Record<RefusalReason, string>> = {
  'unknown-address': '5.1.1',
  'post-not-allowed': '5.7.2',
  'over-quota': '5.2.2',
  'no-such-mailbox': '5.3.0',
};

function noticeOf(result: RecipientResult): Notice | undefined {
  const { notify, originalRecipient, printed: recipient } = result.recipient;
  if (result.kind === 'filed') {
    if (notify?.includes('SUCCESS') !== true) return undefined;
    return { recipient, originalRecipient, action: 'delivered', status: '2.0.0', reply: undefined };
  }
  if (notify?.includes('FAILURE') === false) return undefined;
  return { recipient, originalRecipient, action: 'failed', status: statuses[result.reason], reply: undefined };
}
