/**
 * The network classes under which addresses are counted: class 1 is one IPv4 address or an IPv6 /64, class 2 a /26 or /48,
 * class 3 a /21 or /32. spec/protocols.md, head and section 0.1.
 */
export type ClassKey = number | string;
export type ClassKeys = readonly [ClassKey, ClassKey, ClassKey];

/** Keys to count under; each class has a table of its own, so keys of different classes may be equal. */
export function classKeys(address: string): ClassKeys {
  const plain = toPlainAddress(address);
  const ipv4 = parseIpv4(plain);
  if (ipv4 !== undefined) return [ipv4, ipv4 >>> 6, ipv4 >>> 11];
  const groups = expandIpv6(plain);
  return [groups.slice(0, 4).join(':'), groups.slice(0, 3).join(':'), groups.slice(0, 2).join(':')];
}

/** IPv4 addresses as a socket for both families shows them (`::ffff:1.2.3.4`) become plain; a zone is dropped. */
export function toPlainAddress(address: string): string {
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice(7);
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

function parseIpv4(address: string): number | undefined {
  let value = 0;
  let part = -1;
  let parts = 1;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === 46) {
      if (part < 0) return undefined;
      value = value * 256 + part;
      part = -1;
      parts++;
    } else if (code >= 48 && code <= 57) {
      part = (part < 0 ? 0 : part * 10) + code - 48;
      if (part > 255) return undefined;
    } else {
      return undefined;
    }
  }
  return parts === 4 && part >= 0 ? value * 256 + part : undefined;
}

/** The eight groups, as written by the kernel (lower case, no leading zeros). */
function expandIpv6(address: string): string[] {
  const [head = '', tail] = address.split('::', 2);
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = Math.max(0, 8 - first.length - last.length);
  return [...first, ...Array.from({ length: missing }, () => '0'), ...last];
}
