import { isIP } from 'node:net';

/** The name under which the names of an IP address are (RFC 1035 section 3.5, RFC 3596 section 2.5); undefined for what is no address. */
export function reverseName(address: string): string | undefined {
  switch (isIP(address)) {
    case 4:
      return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
    case 6:
      return `${nibbles(address).toReversed().join('.')}.ip6.arpa`;
    default:
      return undefined;
  }
}

function nibbles(address: string): string[] {
  const [plain = ''] = address.split('%', 1);
  const [head = '', tail] = plain.split('::', 2);
  const first = groups(head);
  const last = groups(tail ?? '');
  const missing = Array.from({ length: 8 - first.length - last.length }, () => '0000');
  return [...first, ...missing, ...last].join('').split('');
}

/** Groups of four digits; an IPv4 address at the end is two of them (RFC 4291 section 2.2). */
function groups(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return group.toLowerCase().padStart(4, '0');
    const [a = '', b = '', c = '', d = ''] = group.split('.').map((n) => Number(n).toString(16).padStart(2, '0'));
    return [a + b, c + d];
  });
}
