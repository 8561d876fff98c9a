import { toAsciiDomain } from '../base/domain-name.ts';

/**
 * The domain of an address that came from a message or an envelope, in the form in which domains are compared here.
 * Text that is no domain name (an address literal in brackets, nonsense) stays as it is and equals no domain of ours.
 */
export function normalizeDomain(domain: string): string {
  if (domain === '' || domain.startsWith('[')) return domain;
  const parsed = toAsciiDomain(domain);
  return parsed.ok ? parsed.value : domain;
}
