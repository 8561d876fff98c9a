import type { AddressParts, Directory } from '../directory/directory.ts';
import { findSingleMailbox } from '../mime/find-single-mailbox.ts';
import { parseHeader } from '../mime/parse-header.ts';
import type { Header } from '../mime/parse-header.ts';
import type { Spool } from '../store/spool.ts';

/** Facts about a message that a decision may rest on; more come with sender authentication. */
export interface MessageFacts {
  readonly header: Header;
  /** False: the header is longer than what is looked at (1 MiB). */
  readonly headerComplete: boolean;
  /** A blank line ends the header. */
  readonly hasSeparator: boolean;
  /** How many servers it has passed (RFC 5321 section 6.3). */
  readonly receivedFields: number;
}

/** Reads the facts off the first octets of the message. */
export function gather(spool: Pick<Spool, 'head' | 'sizeBytes'>): MessageFacts {
  const head = spool.head();
  const octets = Buffer.from(head.buffer, head.byteOffset, head.length);
  const separator = octets[0] === 13 && octets[1] === 10 ? 0 : octets.indexOf('\r\n\r\n');
  const end = separator === 0 ? 2 : separator < 0 ? octets.length : separator + 4;
  const header = parseHeader(octets.toString('latin1', 0, end));
  let receivedFields = 0;
  for (const field of header.fields) if (field.name === 'received') receivedFields++;
  const hasSeparator = separator >= 0;
  return { header, headerComplete: hasSeparator || octets.length >= spool.sizeBytes, hasSeparator, receivedFields };
}

/** The one address of the one From field; undefined when there are more or fewer, or it is no address of the network. */
function findSingleFrom(header: Header): AddressParts | undefined {
  return findSingleMailbox(header, 'from');
}

/** Like `findSingleFrom`, in canonical form. */
export function findCanonicalFrom(header: Header, directory: Pick<Directory, 'canonicalAddress'>): string | undefined {
  const from = findSingleFrom(header);
  return from === undefined ? undefined : directory.canonicalAddress(from);
}
