import type { Difference } from './compare-mailbox.ts';

/** What somebody sees in a message that makes Dovecot answer otherwise, and why ours stays as it is. */
interface Known {
  readonly where: RegExp;
  readonly sign: (difference: Difference) => boolean;
  readonly reason: string;
}

const inMessage =
  (pattern: RegExp) =>
  ({ message }: Difference): boolean =>
    pattern.test(message);
const inContext =
  (pattern: RegExp) =>
  ({ context }: Difference): boolean =>
    pattern.test(context);

const envelope = /envelope/;
const structure = /^\.bodystructure/;

const known: readonly Known[] = [
  {
    where: /./,
    sign: inMessage(/\r\r|\r$/),
    reason: 'Dovecot drops one of several CR before an LF, and a CR at the end; here the octets stay',
  },
  {
    where: envelope,
    sign: inContext(/MISSING_|SYNTAX_ERROR|INVALID_ROUTE/),
    reason: 'an address is broken, and Dovecot says so: it shows less of the field, we drop the broken piece alone',
  },
  {
    where: envelope,
    sign: ({ ours, theirs }) => theirs.some((their) => isBeginning(their, ours)),
    reason:
      'what stands behind an address or a semicolon without a comma is dropped by Dovecot, also where it is an address',
  },
  {
    where: structure,
    sign: inContext(/"type":"(?:[^"]*\/)?"/),
    reason: 'RFC 2045 section 5.2: a Content-Type that is not valid counts as text/plain',
  },
  {
    where: structure,
    sign: inMessage(/=[ \t]*"[^"\r]*(?:\r\n[ \t][^"\r]*)*(?:\r\n(?![ \t])|$)/),
    reason: 'a quoted value without its end is kept: without its boundary nobody would see the parts',
  },
  {
    where: structure,
    sign: inMessage(/;[ \t]*;|=[ \t]*\\"|=[^";\r]*=/),
    reason: 'parameters behind an empty one, or with signs in them that ask for quotes, are kept',
  },
  {
    where: structure,
    sign: inMessage(/content-type:[ \t]*text[ \t]*;/i),
    reason: 'the charset of "text;" is kept',
  },
  {
    where: structure,
    sign: ({ ours, theirs }) =>
      theirs.some((their) => typeof ours === 'string' && ours.startsWith(`${String(their)} `)),
    reason:
      'a value with blanks or parentheses that is not quoted, such as of file names, is kept whole, as Cyrus does',
  },
  {
    where: /\.encoding$/,
    sign: ({ theirs }) => theirs.includes('7bit'),
    reason:
      'Dovecot looks at the encoding only where there is a MIME-Version, and not where a semicolon is behind it: clients would show garbage',
  },
  {
    where: /^BODY\[[\d.]*(?:MIME|HEADER)/,
    sign: ({ ours, theirs }) => theirs.some((their) => ours === `${String(their)}\r\n`),
    reason: 'the line end behind a header that a boundary ends is part of the header, as Cyrus has it',
  },
  {
    where: /^BODY\[[\d.]*HEADER\.FIELDS/,
    sign: ({ ours, theirs }) => !endsBlank(ours) && theirs.some(endsBlank),
    reason: 'RFC 9051 section 6.4.5: the blank line is left out where the message has no body and no blank line',
  },
];

/** Why we differ from Dovecot on purpose; undefined for what is a fault of somebody. */
export function reasonFor(difference: Difference): string | undefined {
  return known.find(({ where, sign }) => where.test(difference.at) && sign(difference))?.reason;
}

/** A list of addresses that begins like another, which is longer. */
function isBeginning(short: unknown, long: unknown): boolean {
  if (!Array.isArray(short) || !Array.isArray(long) || short.length >= long.length) return false;
  return short.every((item, index) => JSON.stringify(item) === JSON.stringify(long[index]) || index > 0);
}

/** A header that ends with a blank line. */
function endsBlank(header: unknown): boolean {
  return typeof header === 'string' && /(?:^|\r\n)\r\n$/.test(header);
}
