import { malformed, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

const IPV4 = /^(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})(?:\.(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})){3}$/;
const HEX_GROUP = /^[0-9a-f]{1,4}$/i;
const GENERAL = /^([a-z0-9-]*[a-z0-9]):([!-Z^-~]+)$/i;
const LONGEST = 255;

/**
 * `address-literal = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]"`, brackets
 * included; lower case comes back, with the tag of IPv6 as `IPv6:`. RFC 5321 section 4.1.3.
 */
export function parseAddressLiteral(text: string): Result<string> {
  if (text.length > LONGEST || !text.startsWith('[') || !text.endsWith(']')) return malformed('address literal', 0);
  const inner = text.slice(1, -1);
  if (IPV4.test(inner)) return ok(`[${inner.split('.').map(Number).join('.')}]`);
  if (/^ipv6:/i.test(inner)) {
    const address = inner.slice(5).toLowerCase();
    return isIpv6(address) ? ok(`[IPv6:${address}]`) : malformed('IPv6 address', 6);
  }
  const general = GENERAL.exec(inner);
  return general === null ? malformed('address literal', 1) : ok(`[${inner.toLowerCase()}]`);
}

/** IPv6-addr of RFC 5321 section 4.1.3: eight groups, or fewer around one `::`, the last two perhaps as IPv4. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const compressed = halves.length === 2;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '') {
      if (!compressed) return false;
      continue;
    }
    const parts = half.split(':');
    const isLast = index === halves.length - 1;
    for (const [place, part] of parts.entries()) {
      if (HEX_GROUP.test(part)) groups += 1;
      else if (isLast && place === parts.length - 1 && IPV4.test(part)) groups += 2;
      else return false;
    }
  }
  return compressed ? groups <= 7 : groups === 8;
}
