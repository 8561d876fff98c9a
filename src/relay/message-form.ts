import type { Capabilities, Envelope } from '../clients/smtp/smtp-client.ts';
import type { QueuedMessage } from '../queue/queued.ts';
import { asLines, readWhole } from './message-content.ts';
import type { MessageSource } from './message-content.ts';
import { toSevenBit } from './seven-bit-content.ts';
import type { Verdict } from './verdict.ts';

/** How a message goes to one host. */
export interface MessageForm {
  readonly envelope: Pick<Envelope, 'body' | 'utf8' | 'size' | 'chunking'>;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * What the host offers decides: octets in chunks (RFC 3030), 8-bit text (RFC 6152), or a message encoded anew as 7-bit text. A
 * header in UTF-8 is never encoded anew: whoever takes it takes 8 bits too (RFC 6531 section 3.1).
 */
export async function chooseForm(
  { body, utf8 }: QueuedMessage,
  capabilities: Capabilities,
  source: MessageSource,
): Promise<MessageForm | Verdict> {
  const size = source.prefix.length + source.originalBytes;
  const chunking = capabilities.has('CHUNKING');
  if (body === 'binary' && chunking && capabilities.has('BINARYMIME')) {
    return { envelope: { body, utf8, size, chunking }, content: readWhole(source) };
  }
  if (body === '7bit' || (body === '8bit' && capabilities.has('8BITMIME'))) {
    return { envelope: { body, utf8, size, chunking }, content: asLines(readWhole(source)) };
  }
  if (utf8 && !capabilities.has('SMTPUTF8')) {
    return { result: 'failed', status: '5.6.7', text: 'the host does not take addresses and headers in UTF-8' };
  }
  const content = utf8 ? undefined : await toSevenBit(source);
  if (!content) {
    return {
      result: 'failed',
      status: '5.6.3',
      text: 'the host takes no 8-bit mail, and a signed message may not be changed',
    };
  }
  // How much longer it gets is known only at the end: the host is not told a size.
  return { envelope: { body: '7bit', utf8: false, chunking }, content: asLines(content) };
}
