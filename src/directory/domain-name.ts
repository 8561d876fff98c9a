import { createRequire } from 'node:module';

import type * as Tr46 from 'tr46';

import { malformed, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

/** 10 ms and a large table: loaded when the first internationalised name appears, which on many servers is never. */
let idna: typeof Tr46 | undefined;
function loadIdna(): typeof Tr46 {
  idna ??= createRequire(import.meta.url)('tr46') as typeof Tr46;
  return idna;
}

/** UTS 46 non-transitional lookup, the profile of RFC 5891 section 5 as registries apply it. */
const idnaOptions = {
  checkHyphens: false,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
  transitionalProcessing: false,
} as const;

const maxInput = 1024;
const maxOctets = 253;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * A domain name of mail (RFC 5321 section 2.3.5, RFC 6531 section 3.7.1) as lower-case A-labels, so that every spelling
 * of a name is one string. Refuses a trailing dot, underscores, and what could be taken for an IP address.
 */
export function parseDomainName(text: string): Result<string> {
  if (text.length === 0 || text.length > maxInput) return malformed('a domain name', 0);
  const plain = text.toLowerCase();
  if (isPlainName(plain)) return ok(plain);
  if (/^[\x00-\x7f]*$/.test(text) && !/(?:^|\.)xn--/.test(plain)) return malformed('a domain name', 0);
  const ascii = loadIdna().toASCII(text, idnaOptions);
  return ascii !== null && ascii.length <= maxOctets && isHostName(ascii) ? ok(ascii) : malformed('a domain name', 0);
}

/** A name in ASCII that IDNA leaves as it is. */
function isPlainName(text: string): boolean {
  return text.length <= maxOctets && isHostName(text) && !/(?:^|\.)xn--/.test(text);
}

function isHostName(text: string): boolean {
  const labels = text.split('.');
  return labels.every((part) => label.test(part)) && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

/** For people: U-labels where there are any. Takes what `parseDomainName` made. */
export function displayDomainName(domain: string): string {
  if (!/(?:^|\.)xn--/.test(domain)) return domain;
  const { domain: unicode, error } = loadIdna().toUnicode(domain, idnaOptions);
  return error ? domain : unicode;
}

/**
 * The domain of an address that came from a message or an envelope, in the form in which domains are compared here.
 * Text that is no domain name (an address literal in brackets, nonsense) stays as it is and equals no domain of ours.
 */
export function normalizeDomain(domain: string): string {
  if (domain === '' || domain.startsWith('[')) return domain;
  const parsed = parseDomainName(domain);
  return parsed.ok ? parsed.value : domain;
}
