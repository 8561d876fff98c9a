import { decode } from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import type { MxRecord, TlsaRecord } from '../../base/resolver.ts';
import type { QuestionType } from './question.ts';

/** A record of one of the types that we ask for. */
export type DnsRecord = string | MxRecord | TlsaRecord;

/** What a reply says about a question. */
export interface Reply {
  readonly kind: 'records' | 'no-data' | 'no-such-domain' | 'server-failure' | 'malformed' | 'truncated';
  readonly records: readonly DnsRecord[];
  /** The AD bit, whoever set it. */
  readonly authentic: boolean;
  /** How long it may be kept; 0: not at all. */
  readonly ttlSeconds: number;
  readonly name: string;
}

/** More records than any reply to our questions has; bounds the work of decoding. */
const MAX_RECORDS = 1000;
const MAX_CNAMES = 16;

/** Reads a reply that `answersQuestion`. Never throws. */
export function readReply(octets: Buffer, name: string, type: QuestionType): Reply {
  const packet = tryDecode(octets);
  if (packet === undefined) return failure('malformed', name);
  if (packet.flag_tc) return failure('truncated', name);
  const { answers = [], authorities = [], flag_ad: authentic } = packet;
  const rcode = readRcode(packet);
  if (rcode !== 0 && rcode !== 3) return failure('server-failure', name);
  const way = followCnames(answers, name, type);
  if (way === undefined) return failure('malformed', name);
  // The code is about the name at the end of the CNAMEs (RFC 6604 section 3).
  if (rcode === 3) return negative('no-such-domain', way, authorities, authentic);
  const records: DnsRecord[] = [];
  let { ttlSeconds } = way;
  for (const answer of answers) {
    if (toName(answer.name) !== way.name || answer.type !== type) continue;
    const record = toRecord(answer);
    if (record === undefined) return failure('malformed', name);
    records.push(record);
    ttlSeconds = Math.min(ttlSeconds, ttlOf(answer));
  }
  if (records.length === 0) return negative('no-data', way, authorities, authentic);
  return { kind: 'records', records, authentic, ttlSeconds, name: way.name };
}

function tryDecode(octets: Buffer): DecodedPacket | undefined {
  const counts = [6, 8, 10].reduce((sum, at) => sum + octets.readUInt16BE(at), 0);
  if (counts > MAX_RECORDS) return undefined;
  try {
    return decode(octets);
  } catch {
    return undefined;
  }
}

/** With the upper bits that EDNS adds (RFC 6891 section 6.1.3). */
function readRcode({ flags = 0, additionals = [] }: DecodedPacket): number {
  const opt = additionals.find((each) => each.type === 'OPT');
  return (flags & 15) | ((opt?.type === 'OPT' ? opt.extendedRcode : 0) << 4);
}

interface Way {
  readonly name: string;
  readonly ttlSeconds: number;
}

/** Where the CNAMEs of the reply lead; undefined when they go round in circles. */
function followCnames(answers: readonly Answer[], name: string, type: QuestionType): Way | undefined {
  const way = { name, ttlSeconds: Number.POSITIVE_INFINITY };
  if (type === 'CNAME') return way;
  const aliases = new Map<string, { readonly target: string; readonly ttl: number }>();
  for (const answer of answers) {
    if (answer.type === 'CNAME') aliases.set(toName(answer.name), { target: toName(answer.data), ttl: ttlOf(answer) });
  }
  for (let steps = 0; steps <= MAX_CNAMES; steps++) {
    const alias = aliases.get(way.name);
    if (alias === undefined) return way;
    way.name = alias.target;
    way.ttlSeconds = Math.min(way.ttlSeconds, alias.ttl);
  }
  return undefined;
}

/** Kept as long as the SOA of the zone says, and not at all without one. RFC 2308 sections 3 and 5. */
function negative(
  kind: 'no-data' | 'no-such-domain',
  way: Way,
  authorities: readonly Answer[],
  authentic: boolean,
): Reply {
  const soa = authorities.find((each) => each.type === 'SOA');
  const zone = soa?.type === 'SOA' ? Math.min(ttlOf(soa), soa.data.minimum ?? 0) : 0;
  return { kind, records: [], authentic, ttlSeconds: Math.min(way.ttlSeconds, zone), name: way.name };
}

function failure(kind: Reply['kind'], name: string): Reply {
  return { kind, records: [], authentic: false, ttlSeconds: 0, name };
}

function toRecord(answer: Answer): DnsRecord | undefined {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return answer.data;
    case 'CNAME':
    case 'PTR':
      return toName(answer.data);
    case 'MX':
      return { preference: answer.data.preference ?? 0, exchange: toName(answer.data.exchange) };
    case 'TLSA': {
      const { usage, selector, matchingType, certificate } = answer.data;
      return { usage, selector, matchingType, data: new Uint8Array(certificate) };
    }
    case 'TXT': {
      const parts = Array.isArray(answer.data) ? answer.data : [answer.data];
      return Buffer.concat(parts.map((part) => Buffer.from(part))).toString('utf8');
    }
    default:
      return undefined;
  }
}

/** A TTL with its highest bit set counts as 0 (RFC 2181 section 8). */
function ttlOf(answer: Answer): number {
  const ttl = 'ttl' in answer ? (answer.ttl ?? 0) : 0;
  return ttl > 0x7f_ff_ff_ff ? 0 : ttl;
}

function toName(name: string): string {
  return name === '.' ? '' : name.toLowerCase();
}
