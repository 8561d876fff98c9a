import { AUTHENTIC_DATA, DNSSEC_OK, encode, RECURSION_DESIRED } from 'dns-packet';

export type QuestionType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'PTR' | 'TLSA' | 'TXT';

/** What fits into one packet on every path without fragments. RFC 9715. */
const UDP_PAYLOAD = 1232;
const HEADER = 12;
const NAME = /^[a-z0-9_/-]{1,63}(?:\.[a-z0-9_/-]{1,63})*$/;

/** The form in which names are compared: lower case, without the dot at the end; undefined for no name of the DNS. */
export function toQuestionName(name: string): string | undefined {
  const lower = name.toLowerCase();
  return lower.length <= 253 && NAME.test(lower) ? lower : undefined;
}

/**
 * A query for a recursive resolver: EDNS0 (RFC 6891), DO and AD, so that the AD bit comes back (RFC 6840 section 5.7). The
 * name must come from `toQuestionName`.
 */
export function encodeQuestion(id: number, name: string, type: QuestionType): Buffer {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED | AUTHENTIC_DATA,
    questions: [{ type, name, class: 'IN' }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_PAYLOAD,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: DNSSEC_OK,
        flag_do: true,
        options: [],
      },
    ],
  });
}

/**
 * Is this the reply to our query: same id, same question, octet for octet but for the case of letters? Whoever has not seen
 * the query has to guess all of it. RFC 5452 section 9.1.
 */
export function answersQuestion(query: Buffer, reply: Buffer): boolean {
  if (reply.length < HEADER || reply.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  const flags = reply.readUInt16BE(2);
  const isReply = (flags & 0x8000) !== 0 && (flags & 0x7800) === 0;
  const end = questionEnd(query);
  if (!isReply || reply.readUInt16BE(4) !== 1 || reply.length < end) return false;
  for (let i = HEADER; i < end; i++) if (toLower(query[i] ?? 0) !== toLower(reply[i] ?? 0)) return false;
  return true;
}

function questionEnd(query: Buffer): number {
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) at += length + 1;
  return at + 5;
}

function toLower(octet: number): number {
  return octet >= 65 && octet <= 90 ? octet + 32 : octet;
}
