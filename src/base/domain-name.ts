import { createRequire } from 'node:module';
import type * as Tr46 from 'tr46';
import { malformed, ok } from './result.ts';
import type { Result } from './result.ts';

const load = createRequire(import.meta.url);
/** UTS 46 is a large table that hardly any server needs, so it is loaded with the first name that is not plain. */
const uts46 = (): typeof Tr46 => load('tr46') as typeof Tr46;

const LABELS = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;
const UTS46 = {
  checkHyphens: true,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
} as const;
/** The longest name in the DNS, in octets (RFC 1035 section 2.3.4). */
const MAX_OCTETS = 253;

/**
 * A domain name in the one form in which names are compared and stored: lower-case A-labels without a dot at the end.
 * UTS 46 lookup rules without transitional mappings (RFC 5891 section 5), host name syntax (RFC 5321 section 2.3.5:
 * letters, digits and hyphens; no underscore). An IPv4 address is no domain name.
 */
export function toAsciiDomain(text: string): Result<string> {
  const lower = text.toLowerCase();
  const plain = ASCII.test(lower) && !lower.includes('xn--');
  const ascii = plain ? lower : toALabels(text);
  if (ascii === undefined || ascii.length > MAX_OCTETS || !LABELS.test(ascii)) return malformed('domain name', 0);
  if (isNumber(ascii.slice(ascii.lastIndexOf('.') + 1))) return malformed('domain name, not an address', 0);
  return ok(ascii);
}

/** For people to read: U-labels where the name has them, otherwise the name as it is. */
export function toUnicodeDomain(ascii: string): string {
  if (!ascii.includes('xn--')) return ascii;
  const { domain, error } = uts46().toUnicode(ascii, UTS46);
  return error ? ascii : domain;
}

/** Input that is far too long is not mapped at all: UTS 46 costs more than a look at the length. */
function toALabels(text: string): string | undefined {
  if (text.length > 4 * MAX_OCTETS) return undefined;
  return uts46().toASCII(text, UTS46) ?? undefined;
}

/** No top-level domain is a number (RFC 3696 section 2); `1.2.3` must not be taken for a host. */
function isNumber(label: string): boolean {
  return /^[0-9]+$/.test(label);
}
